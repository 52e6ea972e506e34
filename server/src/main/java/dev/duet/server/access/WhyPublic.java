package dev.duet.server.access;

/** Why somebody counts as public and may not join without a token, and what whoever runs the server can do about it. */
public enum WhyPublic {
    PUBLIC_ADDRESS(
            "public-address",
            "this address is none of this machine's or of a private network's",
            "--anonymous lets everybody join"),
    GATEWAY(
            "gateway",
            "behind the default gateway everybody has one address, as behind a container's bridge",
            "give the container the host's network, or --anonymous to let everybody join"),
    UNTRUSTED_PROXY(
            "untrusted-proxy",
            "a proxy or tunnel forwarded this that the server was not told to trust",
            "name its address with --trusted-proxy, or --anonymous to let everybody join"),
    UNNAMED_PROXY(
            "unnamed-proxy",
            "before the trusted proxies another one forwarded this, or the client made one up",
            "name every proxy of your own with --trusted-proxy"),
    HIDDEN_ADDRESS(
            "hidden-address",
            "the trusted proxy does not say whom it forwards, or in a way that cannot be read",
            "let it send X-Forwarded-For, Forwarded or a PROXY header with the client's address, or give --anonymous"),
    CONTRADICTION(
            "contradictory-headers",
            "Forwarded, X-Forwarded-For and X-Real-IP name different clients",
            "let the proxy set one of them and remove the others, or give --anonymous");

    private final String id;
    private final String cause;
    private final String fix;

    WhyPublic(String id, String cause, String fix) {
        this.id = id;
        this.cause = cause;
        this.fix = fix;
    }

    /** The name in logs. */
    public String id() {
        return id;
    }

    public String cause() {
        return cause;
    }

    public String fix() {
        return fix;
    }
}
