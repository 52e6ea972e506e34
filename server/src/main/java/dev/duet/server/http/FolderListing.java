package dev.duet.server.http;

import dev.duet.server.http.Folder.Directory;
import dev.duet.server.http.Folder.File;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory as a page of links, without a script or a style. */
final class FolderListing {
    private static final int ENTRIES_MAX = 1_000;

    private FolderListing() {}

    private record Entry(String name, boolean directory) {}

    /** The list of what is served of a directory. */
    static FullHttpResponse answer(Folder folder, Directory directory, String path, HttpHeaders request) {
        boolean chinese =
                request.get(HttpHeaderNames.ACCEPT_LANGUAGE, "").strip().startsWith("zh");
        List<Entry> entries = entries(folder, directory);
        StringBuilder page = new StringBuilder("<!doctype html>\n<html lang=\"")
                .append(chinese ? "zh" : "en")
                .append("\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n")
                .append("<meta name=\"color-scheme\" content=\"light dark\">\n<title>")
                .append(chinese ? "文件列表" : "Files")
                .append("</title>\n<h1>")
                .append(chinese ? "文件列表" : "Files")
                .append("</h1>\n<ul>\n");
        if (!path.equals("/")) {
            page.append("<li><a href=\"../\">../</a></li>\n");
        }
        for (Entry entry : entries) {
            String slash = entry.directory ? "/" : "";
            page.append("<li><a href=\"./")
                    .append(encode(entry.name))
                    .append(slash)
                    .append("\">")
                    .append(escape(entry.name))
                    .append(slash)
                    .append("</a></li>\n");
        }
        page.append("</ul>\n");
        if (entries.isEmpty()) {
            page.append(chinese ? "<p>没有文件。</p>\n" : "<p>Nothing is here.</p>\n");
        }
        if (entries.size() == ENTRIES_MAX) {
            page.append(
                    chinese ? "<p>只列出前 " + ENTRIES_MAX + " 项。</p>\n" : "<p>The first " + ENTRIES_MAX + " only.</p>\n");
        }
        return Answers.bytes(
                HttpResponseStatus.OK, MediaTypes.HTML, page.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static List<Entry> entries(Folder folder, Directory directory) {
        try (Stream<Path> paths = Files.list(directory.path())) {
            return paths.map(path -> String.valueOf(path.getFileName()))
                    .<Entry>mapMulti((name, sink) -> {
                        switch (folder.child(directory, name)) {
                            case File _ -> sink.accept(new Entry(name, false));
                            case Directory _ -> sink.accept(new Entry(name, true));
                            case Folder.Nothing _ -> {}
                        }
                    })
                    .limit(ENTRIES_MAX)
                    .sorted(Comparator.comparing((Entry entry) -> !entry.directory)
                            .thenComparing(Entry::name))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of(); // It cannot be read; each file in it says so by itself.
        }
    }

    private static String encode(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
