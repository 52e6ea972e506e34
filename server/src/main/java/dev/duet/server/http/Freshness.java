package dev.duet.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.stream.Stream;

/** Whether a client already has what it asks for: RFC 9110 section 13. */
final class Freshness {
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);

    private Freshness() {}

    /** The weak comparison of RFC 9110 section 13.1.2: a proxy that compresses answers makes their tags weak. */
    static boolean isKnown(String etag, String ifNoneMatch) {
        return Stream.of(ifNoneMatch.split(","))
                .map(String::strip)
                .anyMatch(tag -> tag.equals("*") || tag.equals(etag) || tag.equals("W/" + etag));
    }

    /** As section 13.2.2 has it: the date counts only for a client that names no tag. */
    static boolean isKnown(String etag, Instant modified, HttpHeaders request) {
        String tags = request.get(HttpHeaderNames.IF_NONE_MATCH);
        if (tags != null) {
            return isKnown(etag, tags);
        }
        String since = request.get(HttpHeaderNames.IF_MODIFIED_SINCE);
        if (since == null) {
            return false;
        }
        try {
            Instant known = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(since));
            return !modified.truncatedTo(ChronoUnit.SECONDS).isAfter(known);
        } catch (DateTimeException _) {
            return false; // A date that cannot be read is as none: section 13.1.3.
        }
    }

    /** A time as Last-Modified has it. */
    static String date(Instant time) {
        return ZonedDateTime.ofInstant(time, ZoneOffset.UTC).format(HTTP_DATE);
    }
}
