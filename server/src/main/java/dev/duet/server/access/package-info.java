/**
 * Who a request is from and by which name it asks for this server, as far as anybody vouches for it: networks, proxies in front, origins of
 * pages. What nobody vouches for is public, and {@link dev.duet.server.access.WhyPublic} names the option that changes it.
 *
 * <p>Entry type: {@link dev.duet.server.access.Access}.
 */
@NullMarked
package dev.duet.server.access;

import org.jspecify.annotations.NullMarked;
