package dev.duet.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the style asks of files, over the whole tree. Each rule names the offenders as {@code path:line}. */
class TreeTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Set<String> NOT_OURS =
            Set.of(".git", "target", "node_modules", "test-results", "corpus", "captures", "vendor");
    private static final Set<String> CODE = Set.of("java", "ts", "yml", "yaml", "duet", "dev", "run");
    /** No formatter breaks their lines. */
    private static final Set<String> SCRIPTS = Set.of("mjs", "js", "sh");

    private static final Set<String> BINARY =
            Set.of("png", "jpg", "ico", "woff2", "jar", "webp", "ivf", "y4m", "wav", "gz");
    private static final int LINE_MAX = 120;
    /** Prose is read in a window that folds it; a table's row cannot be broken at all. */
    private static final int PROSE_LINE_MAX = 160;

    private static final int FILE_LINES_MAX = 400;

    private static final List<Text> FILES = new ArrayList<>();

    private record Text(String path, List<String> lines) {
        String extension() {
            return path.substring(Math.max(path.lastIndexOf('.'), path.lastIndexOf('/')) + 1);
        }

        boolean mainJava() {
            return path.endsWith(".java") && path.contains("/src/main/");
        }
    }

    @BeforeAll
    static void read() throws IOException {
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                boolean built = directory.endsWith("dist")
                        && directory.getParent().getParent().endsWith("web");
                return built || NOT_OURS.contains(directory.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String path = ROOT.relativize(file).toString().replace('\\', '/');
                String extension = path.substring(path.lastIndexOf('.') + 1);
                if (attributes.isRegularFile()
                        && !BINARY.contains(extension)
                        && !extension.equals("log")
                        && !path.equals(".git")) {
                    try {
                        FILES.add(new Text(path, Files.readAllLines(file)));
                    } catch (MalformedInputException e) {
                        FILES.add(new Text(path, List.of("not UTF-8: add its ending to BINARY")));
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    @Test
    void theTreeWasFound() {
        assertThat(FILES).extracting(Text::path).contains("pom.xml", "cli/pom.xml", "LICENSE");
        assertThat(offenders(_ -> true, line -> line.startsWith("not UTF-8"))).isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIs() {
        List<String> missing = FILES.stream()
                .filter(Text::mainJava)
                .map(file -> file.path().substring(0, file.path().lastIndexOf('/')) + "/package-info.java")
                .distinct()
                .filter(info -> FILES.stream()
                        .noneMatch(file -> file.path().equals(info)
                                && file.lines().contains("@NullMarked")
                                && file.lines().getFirst().startsWith("/**")))
                .toList();

        assertThat(missing).isEmpty();
    }

    @Test
    void packagesAreNamedForWhatTheyAreAbout() {
        Pattern vague =
                Pattern.compile(".*/src/(main|test)/java/(.*/)?(util|utils|common|impl|misc|helper|helpers)/[^/]*");

        assertThat(FILES)
                .extracting(Text::path)
                .noneMatch(path -> vague.matcher(path).matches());
    }

    @Test
    void filesStayReadable() {
        assertThat(FILES.stream()
                        .filter(Text::mainJava)
                        .filter(file -> file.lines().size() > FILE_LINES_MAX))
                .extracting(Text::path)
                .isEmpty();
    }

    @Test
    void codeLinesFitInto120Columns() {
        // An import or a checksum cannot be broken, and neither can one long word in a comment.
        assertThat(offenders(
                        file -> CODE.contains(file.extension()),
                        line -> line.length() > LINE_MAX && !comment(line) && !line.startsWith("import ")))
                .isEmpty();
        assertThat(offenders(
                        file -> CODE.contains(file.extension()) || SCRIPTS.contains(file.extension()),
                        line -> line.length() > PROSE_LINE_MAX))
                .isEmpty();
    }

    @Test
    void proseLinesFitIntoAWindow() {
        assertThat(offenders(
                        file -> file.extension().equals("md"),
                        line -> line.length() > PROSE_LINE_MAX && !line.startsWith("|") && !line.contains("](")))
                .isEmpty();
    }

    @Test
    void nothingIsLeftForLater() {
        Pattern later = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");

        assertThat(offenders(file -> true, line -> later.matcher(line).find())).isEmpty();
    }

    @Test
    void bannedLibrariesStayOut() {
        Pattern banned = Pattern.compile("(?i)(org\\.mock" + "ito|proj" + "ectlombok|net\\.jq" + "wik)");

        assertThat(offenders(file -> true, line -> banned.matcher(line).find())).isEmpty();
    }

    @Test
    void noTestIsSkipped() {
        Pattern skipped = Pattern.compile("@Dis" + "abled\\b|\\b(it|test|describe)\\.(skip|only)\\(");

        assertThat(offenders(
                        file -> file.path().contains("test") || file.path().startsWith("e2e/"),
                        line -> skipped.matcher(line).find()))
                .isEmpty();
    }

    @Test
    void whatIsShownToWhomIsShownByTestsThatExist() {
        Text security = FILES.stream()
                .filter(file -> file.path().equals("SECURITY.md"))
                .findFirst()
                .orElseThrow();
        List<String> names = security.lines().stream()
                .filter(line -> line.startsWith("| ")
                        && line.chars().filter(c -> c == '|').count() == 5)
                .skip(1)
                .map(line -> line.split("\\|")[4])
                .flatMap(cell -> Pattern.compile("`([^`]+)`").matcher(cell).results())
                .map(found -> found.group(1))
                .distinct()
                .toList();

        assertThat(names)
                .hasSizeGreaterThan(20)
                .allSatisfy(name -> assertThat(offenders(
                                file -> file.path().contains("test"),
                                line -> line.contains("void " + name + "(")
                                        || line.contains("('" + name)
                                        || line.contains("(`" + name)))
                        .as(name)
                        .isNotEmpty());
    }

    @Test
    void lockFilesNameNoRegistry() {
        // A workspace's link to its own folder is "resolved" too, and names no place outside of the tree.
        Pattern registry = Pattern.compile("\"resol" + "ved\": \"(https?|git)");

        assertThat(offenders(
                        file -> file.path().endsWith("package-lock.json"),
                        line -> registry.matcher(line).find()))
                .isEmpty();
    }

    @Test
    void filesNameNoRegistryAndNoPlaceOnOneMachine() {
        Pattern registry = Pattern.compile("registry\\.npm" + "js|repo\\d?\\.mav" + "en|repo\\.mav"
                + "en|registry\\.yar" + "npkg|npm" + "mirror|artifact" + "ory");
        Pattern machine = Pattern.compile("(?<![\\w.<])/(ro" + "ot|wo" + "rk|hom" + "e/(?!ann\\b))(/|\\b)");

        assertThat(offenders(file -> true, line -> registry.matcher(line).find()))
                .isEmpty();
        assertThat(offenders(file -> true, line -> machine.matcher(line).find()))
                .isEmpty();
    }

    private static boolean comment(String line) {
        String text = line.strip();
        return text.startsWith("*") || text.startsWith("//") || text.startsWith("/**") || text.startsWith("#");
    }

    private static List<String> offenders(Predicate<Text> files, Predicate<String> lines) {
        return FILES.stream()
                .filter(files)
                .flatMap(file -> IntStream.range(0, file.lines().size())
                        .filter(i -> lines.test(file.lines().get(i)))
                        .mapToObj(i -> file.path() + ":" + (i + 1)))
                .toList();
    }
}
