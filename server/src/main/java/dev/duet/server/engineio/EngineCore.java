package dev.duet.server.engineio;

import dev.duet.engineio.EngineServer;
import dev.duet.socketio.SocketServer;

/** What an {@link EngineEndpoint} runs on each event loop. */
public interface EngineCore {
    /** Takes the requests. */
    EngineServer engine();

    /** When {@link #timePassed} is due; {@link Long#MAX_VALUE} when nothing waits. */
    long nextDeadlineNanos();

    /** Does what is due. */
    void timePassed(long nowNanos);

    /** Engine.IO alone. */
    static EngineCore of(EngineServer server) {
        return new EngineCore() {
            @Override
            public EngineServer engine() {
                return server;
            }

            @Override
            public long nextDeadlineNanos() {
                return server.nextDeadlineNanos();
            }

            @Override
            public void timePassed(long nowNanos) {
                server.timePassed(nowNanos);
            }
        };
    }

    /** Engine.IO that carries Socket.IO. */
    static EngineCore of(SocketServer server) {
        return new EngineCore() {
            @Override
            public EngineServer engine() {
                return server.engine();
            }

            @Override
            public long nextDeadlineNanos() {
                return server.nextDeadlineNanos();
            }

            @Override
            public void timePassed(long nowNanos) {
                server.timePassed(nowNanos);
            }
        };
    }
}
