package dev.duet.server.relay;

/**
 * A URL under which clients are told to find this relay, and what it was like when it was last asked.
 *
 * @param url as W3C's {@code RTCIceServer} has it
 */
public record AdvertisedUrl(String url, State state) {
    /** What is there. */
    public enum State {
        /** This relay. */
        ANSWERS(true, "it answers"),
        /** Nothing, for this machine; a NAT may let only others through. */
        SILENT(true, "nothing answers this machine: open the port or lead it here, unless only others can reach it"),
        NO_TLS(
                false,
                "what answers does not speak TLS: let the proxy end TLS there, or lead the port to Duet's https port"),
        REFUSED(false, "the port is closed: start the proxy that has it, or lead the port here"),
        SOMEBODY_ELSE(
                false,
                "something else answers: lead the port to this relay byte for byte, by its STUN and TURN, not by HTTP"),
        UNKNOWN_HOST(false, "the name has no address: add it to the DNS"),
        UNREADABLE(false, "it is no STUN or TURN URL: write turns:turn.example.org:443?transport=tcp");

        private final boolean usable;
        private final String meaning;

        State(boolean usable, String meaning) {
            this.usable = usable;
            this.meaning = meaning;
        }

        /** Whether clients are told of it. */
        public boolean isUsable() {
            return usable;
        }

        /** A sentence for whoever runs the server. */
        public String meaning() {
            return meaning;
        }
    }
}
