package dev.duet.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.server.DuetStartException;
import dev.duet.server.http.Folder.Directory;
import dev.duet.server.http.Folder.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a folder can be reached, and what not, whatever the path looks like. */
final class FolderTest {
    @TempDir
    private static Path home;

    private static Path root;

    @BeforeAll
    static void fill() throws Exception {
        root = Files.createDirectories(home.resolve("pages"));
        write(root.resolve("index.html"));
        write(root.resolve("lesson/page 1.html"));
        write(root.resolve("lesson/..dots"));
        write(root.resolve("中文.html"));
        write(root.resolve("100%.txt"));
        write(root.resolve("back\\slash.txt"));
        write(root.resolve(".secret"));
        write(root.resolve(".git/config"));
        write(root.resolve("lesson/.env"));
        write(home.resolve("outside/secret.txt"));
        write(home.resolve("pages-too/secret.txt"));
        link("inner", root.resolve("lesson"));
        link("inner.html", root.resolve("index.html"));
        link("outer", home.resolve("outside"));
        link("outer.txt", home.resolve("outside/secret.txt"));
        link("sibling", home.resolve("pages-too"));
        link("hidden", root.resolve(".git"));
        link("hidden.txt", root.resolve(".secret"));
        link("device", Path.of("/dev/zero"));
        link("loop", root.resolve("loop"));
        link("nowhere", home.resolve("nowhere"));
        assertThat(new ProcessBuilder("mkfifo", root.resolve("pipe").toString())
                        .start()
                        .waitFor(10, TimeUnit.SECONDS))
                .isTrue();
        assertThat(root.resolve("pipe")).exists();
    }

    @AfterAll
    static void leaveTheDeviceAlone() throws IOException {
        Files.delete(root.resolve("device"));
    }

    private static void write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "x");
    }

    private static void link(String name, Path target) throws IOException {
        Files.createSymbolicLink(root.resolve(name), target);
    }

    @ParameterizedTest
    @CsvSource({
        "/index.html, index.html",
        "/%69ndex%2Ehtml, index.html",
        "/lesson/page%201.html, lesson/page 1.html",
        "/%E4%B8%AD%E6%96%87.html, 中文.html",
        "/100%25.txt, 100%.txt",
        "/inner/page%201.html, lesson/page 1.html",
        "/inner.html, index.html"
    })
    void aFileIsFoundByItsPath(String path, String name) throws IOException {
        Path expected = root.toRealPath().resolve(name);

        assertThat(Folder.open(root).find(path))
                .isInstanceOfSatisfying(
                        File.class, file -> assertThat(file.path()).isEqualTo(expected));
    }

    @ParameterizedTest
    @CsvSource({"/, ''", "/lesson, lesson", "/lesson/, lesson", "/inner/, lesson"})
    void aDirectoryIsFoundByItsPath(String path, String name) throws IOException {
        Path expected = root.toRealPath().resolve(name);

        assertThat(Folder.open(root).find(path))
                .isInstanceOfSatisfying(
                        Directory.class,
                        directory -> assertThat(directory.path()).isEqualTo(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing",
                "/index.html/",
                "/index.html/x",
                "/../outside/secret.txt",
                "/lesson/../index.html",
                "/lesson/../../outside/secret.txt",
                "/./index.html",
                "/%2e%2e/outside/secret.txt",
                "/%2E%2E/outside/secret.txt",
                "/.%2e/outside/secret.txt",
                "/%252e%252e/outside/secret.txt",
                "/..%2foutside/secret.txt",
                "/%2e%2e%2foutside%2fsecret.txt",
                "/lesson%2fpage%201.html",
                "/..%5coutside%5csecret.txt",
                "/..\\outside\\secret.txt",
                "/lesson\\page%201.html",
                "/back%5cslash.txt",
                "/%c0%ae%c0%ae/outside/secret.txt",
                "/%e0%80%ae%e0%80%ae/outside/secret.txt",
                "/%uff0e%uff0e/outside/secret.txt",
                "//index.html",
                "/lesson//page%201.html",
                "//",
                "/index.html%00",
                "/index.html%00.txt",
                "/index.html\0",
                "/index.html%0a",
                "/index.html%7f",
                "/index.html%",
                "/index.html%2",
                "/index.html%zz",
                "/%ff",
                "/C:/index.html",
                "/index.html:stream",
                "/index.html::$DATA",
                "/.secret",
                "/%2esecret",
                "/.git/config",
                "/.git/",
                "/lesson/.env",
                "/lesson/..dots",
                "/outer/secret.txt",
                "/outer/",
                "/outer",
                "/outer.txt",
                "/sibling/secret.txt",
                "/hidden/config",
                "/hidden/",
                "/hidden.txt",
                "/device",
                "/pipe",
                "/loop",
                "/loop/x",
                "/nowhere",
                "/index.htmlé/%"
            })
    void nothingElseIsFound(String path) {
        assertThat(Folder.open(root).find(path)).isInstanceOf(Folder.Nothing.class);
    }

    @Test
    void aNameThatIsTooLongIsNotFound() {
        assertThat(Folder.open(root).find("/" + "x".repeat(4_000))).isInstanceOf(Folder.Nothing.class);
    }

    @Test
    void aFolderMayItselfBeALinkAndHaveADotInItsPath() throws IOException {
        Path real = Files.createDirectories(home.resolve(".hidden/pages"));
        write(real.resolve("a.html"));
        Path link = Files.createSymbolicLink(home.resolve("to-hidden"), real);

        assertThat(Folder.open(link).find("/a.html")).isInstanceOf(File.class);
    }

    @Test
    void whatIsNoFolderIsNotOpened() {
        for (Path path : new Path[] {home.resolve("nowhere"), root.resolve("index.html")}) {
            assertThatThrownBy(() -> Folder.open(path))
                    .isInstanceOfSatisfying(
                            DuetStartException.class, e -> assertThat(e.code()).isEqualTo("pages-missing"))
                    .hasMessageContaining(path.toString());
        }
    }
}
