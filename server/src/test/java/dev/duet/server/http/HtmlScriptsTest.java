package dev.duet.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.server.http.HtmlScripts.Change;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every script whose address is {@code far} gets the address {@code /near}. */
final class HtmlScriptsTest {
    private static HtmlScripts.Result replace(String html) {
        return HtmlScripts.replace(html, from -> from.equals("far") ? Optional.of("/near") : Optional.empty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<script src=\"far\"></script> | <script src=\"/near\"></script>",
                "<script src='far'></script> | <script src='/near'></script>",
                "<script src=far></script> | <script src=/near></script>",
                "<SCRIPT SRC = \"far\" ></SCRIPT> | <SCRIPT SRC = \"/near\" ></SCRIPT>",
                "<script async defer src=\"far\"></script> | <script async defer src=\"/near\"></script>",
                "<script/src=\"far\"/></script> | <script/src=\"/near\"/></script>",
                "<script type=\"module\"src=\"far\"></script> | <script type=\"module\"src=\"/near\"></script>",
                "<script a='>' src=\"far\"></script> | <script a='>' src=\"/near\"></script>",
                "<script src=\"far\" integrity=\"sha384-x\" crossorigin=\"anonymous\"></script> "
                        + "| <script src=\"/near\" crossorigin=\"anonymous\"></script>",
                "<script integrity=sha384-x src=\"far\"></script> | <script src=\"/near\"></script>",
                "<script src=\"far\"></script><script src=\"far\"></script> "
                        + "| <script src=\"/near\"></script><script src=\"/near\"></script>",
                "<p>1 < 2 <script src=\"far\"></script> | <p>1 < 2 <script src=\"/near\"></script>",
                "<!-- a --><script src=\"far\"></script> | <!-- a --><script src=\"/near\"></script>",
                "<!--><script src=\"far\"></script> | <!--><script src=\"/near\"></script>",
                "<script>1</script><script src=\"far\"></script> | <script>1</script><script src=\"/near\"></script>"
            })
    void anAddressIsReplacedAndWithItWhatTheOtherFileWasKnownBy(String before, String after) {
        assertThat(replace(before).html()).isEqualTo(after);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<",
                "<script",
                "<script src",
                "<script src=",
                "<script src=\"far",
                "<script src=\"far\"",
                "<script src=\"near\" integrity=\"sha384-x\"></script>",
                "<scripts src=\"far\"></scripts>",
                "<script data-src=\"far\"></script>",
                "<script src=\"other\" src=\"far\"></script>",
                "<script src=\"FAR\"></script>",
                "<img src=\"far\">",
                "<link integrity=\"sha384-x\" href=\"far\">",
                "<!-- <script src=\"far\"></script> -->",
                "<!-- <script src=\"far\"></script>",
                "<script>document.write('<script src=\"far\"><\\/script>')</script>",
                "<style>/* <script src=\"far\"> */</style>",
                "<textarea><script src=\"far\"></script></textarea>",
                "<a title='<script src=\"far\">'>x</a>",
                "&lt;script src=\"far\"&gt;",
                "</script src=\"far\">"
            })
    void everythingElseStaysAsItIs(String html) {
        HtmlScripts.Result page = replace(html);

        assertThat(page.html()).isEqualTo(html);
        assertThat(page.changes()).isEmpty();
    }

    @Test
    void whatWasReplacedAndWhatWasKeptIsTold() {
        HtmlScripts.Result page = replace("<script src=far></script><script src=mine.js></script>");

        assertThat(page.changes()).containsExactly(new Change("far", "/near"));
        assertThat(page.kept()).containsExactly("mine.js");
    }

    /** Pieces of markup in any order: it always ends, and never changes what has no such address. */
    @Test
    void noPageIsTooBroken() {
        String[] pieces = {
            "<",
            ">",
            "script",
            "src",
            "=",
            "\"",
            "'",
            "x",
            " ",
            "/",
            "<!--",
            "-->",
            "</",
            "integrity",
            "<script src=x",
            "\0",
            "é"
        };
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder html = new StringBuilder();
            for (int n = random.nextInt(40); n > 0; n--) {
                html.append(pieces[random.nextInt(pieces.length)]);
            }
            assertThat(replace(html.toString()).html()).isEqualTo(html.toString());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<script src=\"far\" integrity=\"sha384-x\"></script> | <script src=\"far\"></script>",
                "<script src=far></script> | <script src=far></script>"
            })
    void anAddressMayStayWithoutWhatItsFileWasKnownBy(String before, String after) {
        HtmlScripts.Result result = HtmlScripts.replace(before, Optional::of);

        assertThat(result.html()).isEqualTo(after);
        assertThat(result.changes()).hasSize(before.equals(after) ? 0 : 1);
    }
}
