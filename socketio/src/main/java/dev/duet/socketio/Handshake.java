package dev.duet.socketio;

import dev.duet.engineio.EngineVersion;
import java.util.List;
import java.util.Map;

/**
 * What a client brought when it came to a namespace.
 *
 * @param query the parameters of the session's first request; for a revision 3 client those in the namespace's name win over them
 * @param auth the payload of its CONNECT as the only argument; none from clients that have none (2.x never has)
 * @param about what the adapter knows of the connection
 */
public record Handshake(EngineVersion version, Map<String, List<String>> query, Args auth, Object about) {}
