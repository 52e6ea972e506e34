package dev.duet.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds the scripts that a page of HTML loads, and gives some of them another address; everything else stays as it is, byte for byte. Reads
 * as much of HTML's grammar as that takes: comments, tags with their attributes, and elements whose content is text.
 *
 * <p>The text has one character for each byte (ISO 8859-1), so no encoding can be broken: all that matters here is ASCII.
 */
final class HtmlScripts {
    private static final List<String> TEXT_ELEMENTS = List.of("script", "style", "textarea", "title", "noscript");

    private final String html;
    private final Function<String, Optional<String>> addresses;
    private final StringBuilder out = new StringBuilder();
    private final List<Change> changes = new ArrayList<>();
    private final List<String> sources = new ArrayList<>();
    private int copied;

    /** An address that was replaced. */
    record Change(String from, String to) {}

    /**
     * A page after its change.
     *
     * @param kept addresses of scripts that were left alone
     */
    record Result(String html, List<Change> changes, List<String> kept) {}

    /** Where an attribute stands: from the space before its name to behind its value; the value without its quotes. */
    private record Attribute(String name, int start, int end, int valueStart, int valueEnd) {}

    private HtmlScripts(String html, Function<String, Optional<String>> addresses) {
        this.html = html;
        this.addresses = addresses;
    }

    /**
     * Replaces the addresses of scripts, and takes away what the page says of their contents.
     *
     * @param addresses the new address of one, the same for one that only has other contents here, or nothing to leave it
     */
    static Result replace(String html, Function<String, Optional<String>> addresses) {
        return new HtmlScripts(html, addresses).run();
    }

    private Result run() {
        int at = html.indexOf('<');
        while (at >= 0) {
            at = html.indexOf('<', html.startsWith("<!--", at) ? endOfComment(at) : tag(at));
        }
        out.append(html, copied, html.length());
        return new Result(out.toString(), changes, sources);
    }

    private int endOfComment(int at) {
        int end = html.indexOf("-->", at + 2);
        return end < 0 ? html.length() : end + 3;
    }

    /** Reads a tag, and the content behind it if that is text; returns where to go on. */
    private int tag(int at) {
        int nameEnd = at + 1;
        while (nameEnd < html.length() && Character.isLetterOrDigit(html.charAt(nameEnd))) {
            nameEnd++;
        }
        if (nameEnd == at + 1) {
            return at + 1;
        }
        String name = html.substring(at + 1, nameEnd).toLowerCase(Locale.ROOT);
        List<Attribute> attributes = new ArrayList<>();
        int end = attributes(nameEnd, attributes);
        if (name.equals("script") && end <= html.length()) {
            script(attributes);
        }
        return TEXT_ELEMENTS.contains(name) ? endOfText(name, end) : end;
    }

    private int endOfText(String name, int from) {
        for (int at = html.indexOf("</", from); at >= 0; at = html.indexOf("</", at + 2)) {
            if (html.regionMatches(true, at + 2, name, 0, name.length())) {
                return at;
            }
        }
        return html.length();
    }

    /** Reads attributes up to the end of the tag, and returns where that is: behind its {@code >}. */
    private int attributes(int from, List<Attribute> attributes) {
        int at = from;
        while (at < html.length()) {
            int start = at;
            at = skip(at, true);
            if (at < html.length() && html.charAt(at) == '>') {
                return at + 1;
            }
            int nameStart = at;
            while (at < html.length() && !isSpace(at) && "/>=".indexOf(html.charAt(at)) < 0) {
                at++;
            }
            String name = html.substring(nameStart, at).toLowerCase(Locale.ROOT);
            int afterName = at;
            at = skip(at, false);
            if (at >= html.length() || html.charAt(at) != '=') {
                at = afterName;
                continue;
            }
            at = skip(at + 1, false);
            int end = endOfValue(at);
            boolean quoted = end > at && isQuote(at);
            attributes.add(new Attribute(name, start, end, quoted ? at + 1 : at, quoted ? end - 1 : end));
            at = end;
        }
        return html.length() + 1;
    }

    private int endOfValue(int at) {
        if (at < html.length() && isQuote(at)) {
            int close = html.indexOf(html.charAt(at), at + 1);
            return close < 0 ? html.length() : close + 1;
        }
        int end = at;
        while (end < html.length() && !isSpace(end) && html.charAt(end) != '>') {
            end++;
        }
        return end;
    }

    private boolean isQuote(int at) {
        return html.charAt(at) == '"' || html.charAt(at) == '\'';
    }

    private boolean isSpace(int at) {
        return " \t\n\f\r".indexOf(html.charAt(at)) >= 0;
    }

    private int skip(int from, boolean slashes) {
        int at = from;
        while (at < html.length() && (isSpace(at) || (slashes && html.charAt(at) == '/'))) {
            at++;
        }
        return at;
    }

    private void script(List<Attribute> attributes) {
        Optional<Attribute> source =
                attributes.stream().filter(each -> each.name.equals("src")).findFirst();
        if (source.isEmpty()) {
            return;
        }
        String from = html.substring(source.get().valueStart, source.get().valueEnd);
        Optional<String> to = addresses.apply(from);
        if (to.isEmpty()) {
            sources.add(from);
            return;
        }
        boolean pinned = attributes.stream().anyMatch(each -> each.name.equals("integrity"));
        if (to.get().equals(from) && !pinned) {
            return;
        }
        changes.add(new Change(from, to.get()));
        // What the page says of the other file's content does not hold for ours.
        for (Attribute each : attributes) {
            if (each.equals(source.get())) {
                out.append(html, copied, each.valueStart).append(to.get());
                copied = each.valueEnd;
            } else if (each.name.equals("integrity")) {
                out.append(html, copied, each.start);
                copied = each.end;
            }
        }
    }
}
