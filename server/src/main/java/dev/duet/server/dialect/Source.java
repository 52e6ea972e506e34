package dev.duet.server.dialect;

/**
 * Who is at the other end of a connection.
 *
 * @param key the IPv4 address or IPv6 /64 as a number, for limits
 * @param mayJoin whether this source may join without a token
 * @param label the address as logs may show it
 * @param host by which it reached this server, as it stands in a URL
 */
public record Source(long key, boolean mayJoin, String label, String host) {}
