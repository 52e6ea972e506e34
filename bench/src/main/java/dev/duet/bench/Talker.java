package dev.duet.bench;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/** One participant under load: sends numbered messages of one size, and checks every byte of those that come back. */
interface Talker {
    /** From here on it does not block; the keys of its channels have it attached. */
    void register(Selector selector) throws IOException;

    void send() throws IOException;

    /** Takes what has come in on that channel; gives the number of messages. */
    int receive(SelectionKey key) throws IOException;

    /** How many messages have come until now. */
    int received();

    /** Takes what has come in and looks at nothing but pings. */
    void skip() throws IOException;
}
