package dev.duet.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What readers of a course asked, each with its answer in docs/faq.md and docs/faq.zh.md under {@code course-N}; and where the answer says
 * what Duet does, the test that shows it. 1, 2 and 16 are explanations only.
 */
final class CourseQuestionsTest {
    private static final int QUESTIONS = 22;
    private static final Path ROOT = Path.of("..");
    private static final Map<String, String> TESTS = Map.of(
            "server", "server/src/test/java/dev/duet/server/",
            "cli", "cli/src/test/java/dev/duet/cli/",
            "example", "examples/course-server/src/test/java/dev/duet/examples/course/");

    @ParameterizedTest
    @ValueSource(strings = {"docs/faq.md", "docs/faq.zh.md"})
    void everyQuestionHasOneAnswer(String file) throws IOException {
        String text = Files.readString(ROOT.resolve(file));

        assertThat(IntStream.rangeClosed(1, QUESTIONS))
                .allSatisfy(number -> assertThat(text.split("<a id=\"course-" + number + "\"></a>", -1))
                        .as("question %s", number)
                        .hasSize(2)
                        .satisfies(parts -> assertThat(parts[1].strip()).startsWith("**")));
        assertThat(text).doesNotContain("course-" + (QUESTIONS + 1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
             3 | e2e/course.test.mjs | a page of another server, or from disk, can be shown what helps
             4 | server:CourseDialectTest | aCoursePageThatWaitsMeetsADuetPage
             5 | e2e/course.test.mjs | text chat:
             6 | example:CourseServerTest | textsGetTheSuffixAndDescriptionsStay
             7 | server:CourseDialectTest | aDuetPageMayNotSendPastTheCourseRoomsMembers
             8 | cli:MainTest | cert
             9 | server:CourseDialectTest | twoMeetTalkAndPart
            10 | server:http/BrowserClientsTest | socket.io.js
            11 | e2e/classic.test.mjs | the chat:
            12 | cli:LauncherTest | Java
            13 | server:PagesTest | pages-listing
            14 | e2e/package.test.mjs | package
            15 | example:CourseServerTest | threeMeetAndTheFourthIsTurnedAway
            17 | e2e/course.test.mjs | or from disk
            18 | e2e/course.test.mjs | or from disk
            19 | e2e/socketio.test.mjs | 4.8.4
            20 | e2e/classic.test.mjs | the call:
            21 | server:SocketIoDoorTest | aJoinIsALineInTheLog
            22 | e2e/socketio.test.mjs | polling
            """)
    void whatIsSaidOfDuetIsShown(int question, String file, String words) throws IOException {
        String[] parts = file.split(":");
        Path test = ROOT.resolve(parts.length == 1 ? file : TESTS.get(parts[0]) + parts[1] + ".java");

        assertThat(question).isBetween(1, QUESTIONS);
        assertThat(Files.readString(test)).contains(words);
    }
}
