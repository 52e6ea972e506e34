package dev.duet.cli.settings;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Settings in a YAML file: a mapping of setting names to values, lists as YAML lists. Every complaint names the line.
 */
final class ConfigurationFile {
    private static final int FILE_BYTES_MAX = 1 << 20;

    private final Path file;
    private final Map<String, Setting> known = Arrays.stream(Setting.values())
            .filter(Setting::inFile)
            .collect(Collectors.toMap(Setting::id, each -> each));

    private ConfigurationFile(Path file) {
        this.file = file;
    }

    static Map<Setting, Given> read(Path file) {
        return new ConfigurationFile(file).settings();
    }

    private Map<Setting, Given> settings() {
        Map<Setting, Given> found = new EnumMap<>(Setting.class);
        Optional<Node> root = parse(text());
        if (root.isEmpty()) {
            return found;
        }
        if (!(root.get() instanceof MappingNode mapping)) {
            throw fault("config-invalid", "is not a list of 'name: value' lines", root.get());
        }
        for (NodeTuple entry : mapping.getValue()) {
            String name = entry.getKeyNode() instanceof ScalarNode key ? key.getValue() : "?";
            Setting setting = known.get(name);
            String place = "'" + name + "' in " + at(entry.getKeyNode());
            if (setting == null) {
                throw unknown(name, entry.getKeyNode());
            }
            if (found.containsKey(setting)) {
                throw new SettingsException("setting-twice", place + " is there a second time; keep one of the two");
            }
            found.put(setting, new Given(values(setting, entry.getValueNode(), place), place));
        }
        return found;
    }

    private SettingsException unknown(String name, Node key) {
        if (name.equals(Setting.CONFIG.id())) {
            return new SettingsException(
                    "setting-unknown",
                    "'config' in " + at(key) + " cannot name another file; put the settings into this one");
        }
        return new SettingsException(
                "setting-unknown",
                "unknown key '" + name + "' in " + at(key)
                        + Near.hint(name, known.keySet(), "; see duet --help for the settings there are"));
    }

    private List<String> values(Setting setting, Node value, String place) {
        if (value instanceof SequenceNode sequence && setting.repeatable()) {
            List<String> values = new ArrayList<>();
            for (Node element : sequence.getValue()) {
                values.add(scalar(element, place));
            }
            return values;
        }
        return List.of(scalar(value, place));
    }

    private static String scalar(Node value, String place) {
        if (!(value instanceof ScalarNode scalar)) {
            String kind = value instanceof SequenceNode ? "a list" : "a mapping";
            throw new SettingsException("setting-invalid", place + " holds " + kind + "; give one value");
        }
        if (scalar.getTag().equals(Tag.NULL)) {
            throw new SettingsException("setting-invalid", place + " has no value; give one, or delete the line");
        }
        return scalar.getValue();
    }

    private Optional<Node> parse(String text) {
        try {
            return new Compose(LoadSettings.builder().setLabel(name()).build()).composeString(text);
        } catch (MarkedYamlEngineException e) {
            String where = e.getProblemMark()
                    .map(mark -> " line " + (mark.getLine() + 1))
                    .orElse("");
            throw new SettingsException(
                    "config-invalid",
                    name() + where + " is not YAML (" + e.getProblem() + "); write lines such as https-port: 9443");
        } catch (YamlEngineException e) {
            throw new SettingsException(
                    "config-invalid", name() + " is not YAML; write lines such as https-port: 9443");
        }
    }

    private String text() {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new SettingsException(
                        "config-invalid", file + " is larger than 1 MiB; --config wants a YAML file");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new SettingsException(
                    "config-missing", "there is no configuration file " + file + "; give its path with --config");
        } catch (CharacterCodingException e) {
            throw new SettingsException("config-invalid", file + " is not UTF-8; save it as UTF-8");
        } catch (IOException e) {
            throw new SettingsException(
                    "config-unreadable",
                    "the configuration file " + file + " cannot be read ("
                            + e.getClass().getSimpleName()
                            + "); it must be a file which the user that runs Duet may read");
        }
    }

    private SettingsException fault(String code, String what, Node node) {
        return new SettingsException(code, at(node) + " " + what + "; write lines such as https-port: 9443");
    }

    private String at(Node node) {
        return name()
                + node.getStartMark()
                        .map(Mark::getLine)
                        .map(line -> " line " + (line + 1))
                        .orElse("");
    }

    private String name() {
        Path name = file.getFileName();
        return name == null ? file.toString() : name.toString();
    }
}
