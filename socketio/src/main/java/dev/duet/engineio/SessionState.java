package dev.duet.engineio;

/**
 * Where a session is. It begins on polling or on a WebSocket; from polling it may move to a WebSocket once:
 *
 * <pre>
 * POLLING --WebSocket with its sid--> PROBING --2probe--> PROBED --5--> WEBSOCKET
 *    ^                                   |                   |
 *    +---anything else, or 10 s----------+-------------------+
 * </pre>
 *
 * <p>While PROBED a poll is answered at once, so that the client's last GET is over before its WebSocket takes over; what is sent
 * meanwhile goes out by whichever comes first, in order. Every state ends in CLOSED; a polling client that has no GET waiting is told so
 * when it next asks, hence CLOSING.
 */
enum SessionState {
    POLLING,
    PROBING,
    PROBED,
    WEBSOCKET,
    CLOSING,
    CLOSED
}
