package dev.duet.bench;

import dev.duet.server.ConnectionLimits;
import dev.duet.server.DuetConfig;
import dev.duet.server.DuetServer;

/**
 * The server as the product starts it, without the limits on rates and connections that a load generator would run
 * into.
 */
public final class DuetUnderLoad {
    private DuetUnderLoad() {}

    /** Serves plain http on the port named first, until its standard input ends. */
    public static void main(String[] args) throws Exception {
        DuetConfig config = DuetConfig.builder()
                .httpPort(Integer.parseInt(args[0]))
                .limits(ConnectionLimits.DEFAULT.unthrottled())
                .build();
        try (DuetServer server = DuetServer.start(config)) {
            System.out.println("listening engine=" + server.engine());
            while (System.in.read() >= 0) {}
        }
    }
}
