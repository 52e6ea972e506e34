package dev.duet.cli;

import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/** Waits until somebody asks the process to stop. */
interface StopRequest {
    /** How to stop. */
    enum Way {
        /** Without ending a call. */
        DRAIN,
        AT_ONCE
    }

    /** Returns when somebody asks. */
    Way await() throws InterruptedException;

    /** What to do when somebody asks to read files anew; nothing until it is given. */
    default void onReload(Runnable action) {}

    /**
     * SIGTERM, which is how services are stopped, drains; SIGINT (Ctrl+C) stops at once. The first one asks; a second one of either kind
     * ends the process, with the exit code that the shell knows for an interrupted program. SIGHUP reloads, and ends nothing.
     */
    static StopRequest bySignal() {
        CompletableFuture<Way> asked = new CompletableFuture<>();
        AtomicReference<Runnable> reload = new AtomicReference<>(() -> {});
        handle("INT", () -> stop(asked, Way.AT_ONCE, 130));
        handle("TERM", () -> stop(asked, Way.DRAIN, 143));
        handle("HUP", () -> reload.get().run());
        return new StopRequest() {
            @Override
            public Way await() throws InterruptedException {
                try {
                    return asked.get();
                } catch (ExecutionException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public void onReload(Runnable action) {
                reload.set(action);
            }
        };
    }

    private static void stop(CompletableFuture<Way> asked, Way way, int exitCode) {
        if (!asked.complete(way)) {
            Runtime.getRuntime().halt(exitCode);
        }
    }

    /**
     * By reflection: nothing but sun.misc.Signal tells a second Ctrl+C from the first, and javac has no way to
     * suppress its warning about that class, which is supported (module jdk.unsupported) all the same.
     */
    private static void handle(String signal, Runnable action) {
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(
                    handlerType.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, arguments) -> {
                        action.run();
                        return null;
                    });
            Object name = signalType.getConstructor(String.class).newInstance(signal);
            signalType.getMethod("handle", signalType, handlerType).invoke(null, name, handler);
        } catch (ReflectiveOperationException e) {
            // java -Xrs, or a system without this signal: what is left is the JVM's own way of ending.
            return;
        }
    }
}
