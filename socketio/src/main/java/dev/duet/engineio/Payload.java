package dev.duet.engineio;

/**
 * Several packets in one body, as long polling carries them.
 *
 * @param binary whether it is {@code application/octet-stream}; otherwise it is UTF-8 text
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; it carries bytes from one place to another.
public record Payload(boolean binary, byte[] body) {}
