package dev.duet.cli.settings;

import java.util.Map;

/** What a command line asks for. */
sealed interface Request {
    /** To be told what there is. */
    record Help(String text) implements Request {}

    /** To be told the version. */
    record Version() implements Request {}

    /** To serve, with these settings given as options. */
    record Serve(Map<Setting, Given> options) implements Request {}
}
