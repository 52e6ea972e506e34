package dev.duet.server.http;

import dev.duet.server.access.Client;

/** By which port a connection came in, and from whom. */
public record Arrival(FrontDoor.Entrance entrance, Client.Peer peer) {}
