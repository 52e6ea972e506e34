package dev.duet.engineio;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A GET or POST on its way: waits until it is answered, and does not take a second answer. */
public final class FakeRequest implements Poll, Post {
    private int status;
    private boolean binary;
    private byte[] body = {};
    private Optional<EngineError> error = Optional.empty();

    @Override
    public void answer(Payload payload) {
        status(200);
        binary = payload.binary();
        body = payload.body();
    }

    @Override
    public void ok() {
        status(200);
        body = "ok".getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void refuse(EngineError why) {
        status(why.status());
        error = Optional.of(why);
        body = why.json().getBytes(StandardCharsets.UTF_8);
    }

    private void status(int now) {
        if (status != 0) {
            throw new AssertionError("answered " + status + ", and now again " + now);
        }
        status = now;
    }

    /** Whether nothing was answered yet. */
    public boolean isWaiting() {
        return status == 0;
    }

    /** 0 while it waits. */
    public int status() {
        return status;
    }

    public Optional<EngineError> error() {
        return error;
    }

    public boolean isBinary() {
        return binary;
    }

    public byte[] bytes() {
        return body;
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    Payload payload() {
        return new Payload(binary, body);
    }
}
