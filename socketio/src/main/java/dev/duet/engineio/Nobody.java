package dev.duet.engineio;

/** The application of a session that is still being made. */
final class Nobody implements Application {
    static final Nobody INSTANCE = new Nobody();

    private Nobody() {}

    @Override
    public void text(byte[] utf8, int from, int to) {}

    @Override
    public void binary(byte[] bytes, int from, int to) {}

    @Override
    public void closed(CloseReason why) {}
}
