package dev.duet.cli;

import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;

/** Waits until somebody asks the process to stop. */
interface StopRequest {
    void await() throws InterruptedException;

    /**
     * SIGINT (Ctrl+C) and SIGTERM. The first one asks; a second one ends the process at once, with the exit code
     * that the shell knows for an interrupted program.
     */
    static StopRequest bySignal() {
        CountDownLatch asked = new CountDownLatch(1);
        handle("INT", 130, asked);
        handle("TERM", 143, asked);
        return asked::await;
    }

    /**
     * By reflection: nothing but sun.misc.Signal tells a second Ctrl+C from the first, and javac has no way to
     * suppress its warning about that class, which is supported (module jdk.unsupported) all the same.
     */
    private static void handle(String signal, int exitCode, CountDownLatch asked) {
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(
                    handlerType.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, arguments) -> {
                        if (asked.getCount() == 0) {
                            Runtime.getRuntime().halt(exitCode);
                        }
                        asked.countDown();
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
