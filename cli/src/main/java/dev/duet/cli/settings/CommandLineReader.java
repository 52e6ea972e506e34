package dev.duet.cli.settings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Settings on the command line, read by picocli from {@link Setting}. */
final class CommandLineReader {
    private static final int COLUMNS = 80;
    private static final List<String> COMMANDS = List.of("serve", "help");

    private CommandLineReader() {}

    static Request read(List<String> arguments) {
        CommandLine command = new CommandLine(root());
        try {
            ParseResult parsed = command.parseArgs(arguments.toArray(String[]::new));
            Map<Setting, Given> found = new EnumMap<>(Setting.class);
            for (ParseResult each = parsed; each != null; each = each.hasSubcommand() ? each.subcommand() : null) {
                if (each.isUsageHelpRequested() || each.commandSpec().name().equals("help")) {
                    return new Request.Help(help());
                }
                if (each.isVersionHelpRequested()) {
                    return new Request.Version();
                }
                collect(each, found);
            }
            return new Request.Serve(found);
        } catch (CommandLine.OverwrittenOptionException e) {
            throw new SettingsException(
                    "setting-twice",
                    "option " + name(e.getOverwritten()) + " is given a second time; keep one of the two");
        } catch (CommandLine.MissingParameterException e) {
            throw new SettingsException(
                    "setting-invalid",
                    "option " + name(e.getMissing().getFirst()) + " has no value; give "
                            + expected(e.getMissing().getFirst()));
        } catch (CommandLine.UnmatchedArgumentException e) {
            throw unmatched(e.getUnmatched().getFirst());
        } catch (CommandLine.ParameterException e) {
            throw new SettingsException("setting-invalid", e.getMessage() + "; see duet --help");
        }
    }

    static String help() {
        return new CommandLine(root()).getUsageMessage(Ansi.OFF);
    }

    private static void collect(ParseResult parsed, Map<Setting, Given> found) {
        for (Setting setting : Setting.values()) {
            OptionSpec option = parsed.matchedOption(setting.option());
            if (option == null) {
                continue;
            }
            List<String> values = option.stringValues();
            Given given = new Given(values.isEmpty() ? List.of("true") : values, setting.option());
            Given before = found.put(setting, given);
            if (before != null) {
                throw new SettingsException(
                        "setting-twice",
                        "option " + setting.option() + " is given before and after the command; keep one of the two");
            }
        }
    }

    private static CommandSpec root() {
        CommandSpec root = CommandSpec.create().name("duet");
        describe(root);
        CommandSpec serve = CommandSpec.create();
        describe(serve);
        root.addSubcommand("serve", serve);
        root.addSubcommand("help", CommandSpec.create());
        return root;
    }

    private static void describe(CommandSpec spec) {
        for (Setting setting : Setting.values()) {
            boolean flag = setting.kind() instanceof Kind.Flag;
            OptionSpec.Builder option = OptionSpec.builder(setting.option())
                    .paramLabel(setting.kind().label())
                    .description(description(setting))
                    .hideParamSyntax(flag)
                    .type(setting.repeatable() ? List.class : flag ? Boolean.class : String.class)
                    .auxiliaryTypes(flag ? Boolean.class : String.class)
                    .arity(flag ? "0" : "1");
            spec.addOption(option.build());
        }
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this and exit.")
                .build());
        spec.addOption(OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Show the version and exit.")
                .build());
        spec.parser().allowSubcommandsAsOptionParameters(true); // --http serve
        spec.usageMessage()
                .width(COLUMNS)
                .sortOptions(false)
                .customSynopsis("duet [serve] [OPTIONS]")
                .header("Duet: video calls for two from one process.", "")
                .synopsisHeading("Usage: ")
                .optionListHeading("%nOptions:%n")
                .commandListHeading("")
                .footerHeading("%n")
                .footer(footer())
                .adjustLineBreaksForWideCJKCharacters(true);
        spec.usageMessage().sectionMap().remove(CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST);
    }

    private static String description(Setting setting) {
        String standard = setting.standard()
                .filter(value -> !(setting.kind() instanceof Kind.Flag))
                .map(value -> " Default: " + value)
                .orElse("");
        return (setting.help() + standard).replace("%", "%%");
    }

    private static String[] footer() {
        return new String[] {
            "Every option is also an environment variable (--https-port 9443 is",
            "DUET_HTTPS_PORT=9443, lists separated by commas) and a key of the file that",
            "--config names (https-port: 9443, lists as YAML lists). An option goes before",
            "the environment, that before the file, the file before the default.",
            "The launch script reads DUET_JAVA_OPTS (options for java) and DUET_AOT=off",
            "(no start cache).",
            "",
            "Exit codes: 0 stopped as asked; 1 the machine is in the way (a port is taken,",
            "a directory cannot be written); 2 a setting or a certificate is wrong."
        };
    }

    private static SettingsException unmatched(String argument) {
        if (argument.startsWith("-")) {
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            List<String> options = new ArrayList<>(
                    Arrays.stream(Setting.values()).map(Setting::option).toList());
            options.addAll(List.of("--help", "--version"));
            return new SettingsException(
                    "setting-unknown",
                    "unknown option '" + name + "'"
                            + Near.hint(name, options, "; see duet --help for the options there are"));
        }
        return new SettingsException(
                "command-unknown",
                "unknown command '" + argument + "'"
                        + Near.hint(argument, COMMANDS, "; the commands are serve and help"));
    }

    private static String name(ArgSpec spec) {
        return spec instanceof OptionSpec option ? option.longestName() : "?";
    }

    private static String expected(ArgSpec spec) {
        return Arrays.stream(Setting.values())
                .filter(setting -> setting.option().equals(name(spec)))
                .flatMap(setting -> setting.kind().expected("").stream())
                .findFirst()
                .orElse("one");
    }
}
