package dev.duet.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which part of a file a client wants: RFC 9110 section 14, with one range; several are answered with the whole file, as may be. */
sealed interface ByteRange {
    /** All of it. */
    record Whole() implements ByteRange {}

    /** From one byte to another, both included. */
    record Part(long first, long last) implements ByteRange {}

    /** A place behind its end. */
    record Beyond() implements ByteRange {}

    /**
     * What a request wants.
     *
     * @param etag the file's; a client that continues another file gets the whole one
     */
    static ByteRange of(HttpHeaders request, String etag, long size) {
        String condition = request.get(HttpHeaderNames.IF_RANGE);
        Matcher range = FORM.matcher(request.get(HttpHeaderNames.RANGE, ""));
        if (!range.matches() || (condition != null && !condition.equals(etag))) {
            return new Whole();
        }
        String first = range.group(1);
        String last = range.group(2);
        if (first.isEmpty()) {
            long count = last.isEmpty() ? 0 : Math.min(Long.parseLong(last), size);
            return count == 0 ? new Beyond() : new Part(size - count, size - 1);
        }
        long from = Long.parseLong(first);
        long to = last.isEmpty() ? size - 1 : Math.min(Long.parseLong(last), size - 1);
        if (!last.isEmpty() && Long.parseLong(last) < from) {
            return new Whole(); // Not a range at all: section 14.1.1.
        }
        return from < size ? new Part(from, to) : new Beyond();
    }

    /** The form of the header. */
    Pattern FORM = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");
}
