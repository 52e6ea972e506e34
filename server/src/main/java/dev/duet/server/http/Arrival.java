package dev.duet.server.http;

import java.net.InetAddress;

/**
 * How a connection came in.
 *
 * @param secure whether it speaks TLS with this process
 * @param remote its other end, or what a trusted proxy's PROXY header says
 */
public record Arrival(FrontDoor.Entrance entrance, boolean secure, InetAddress remote) {}
