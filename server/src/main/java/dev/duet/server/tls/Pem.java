package dev.duet.server.tls;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One block of a PEM file (RFC 7468): labelled base64, with any text before and after it. */
final class Pem {
    private static final int BLOCKS_MAX = 16;
    private static final int LINE = 64;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s([^-]*)-----END \\1-----", Pattern.DOTALL);
    private static final Pattern HEADER = Pattern.compile("(?m)^[A-Za-z-]+: ?.*$");

    private final String label;
    private final boolean encrypted;
    private final byte[] content;

    private Pem(String label, boolean encrypted, byte[] content) {
        this.label = label;
        this.encrypted = encrypted;
        this.content = content;
    }

    /** E.g. {@code CERTIFICATE}. */
    String label() {
        return label;
    }

    /** Whether the block says so, in its label or in a header. */
    boolean encrypted() {
        return encrypted;
    }

    /** The DER inside; not to be changed. */
    byte[] content() {
        return content;
    }

    /**
     * Reads all blocks; text outside of them is ignored.
     *
     * @throws IllegalArgumentException when a block is not base64 or there are too many
     */
    static List<Pem> read(String file) {
        // A header such as "Proc-Type: 4,ENCRYPTED" or "DEK-Info: AES-128-CBC,..." holds hyphens, which no base64 does.
        String text = file.replace("Proc-Type", "ProcType");
        text = text.replaceAll("(?m)^DEK-Info:.*$", "DEKInfo:");
        List<Pem> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            if (blocks.size() == BLOCKS_MAX) {
                throw new IllegalArgumentException("more than " + BLOCKS_MAX + " PEM blocks");
            }
            String label = matcher.group(1);
            String body = matcher.group(2);
            boolean encrypted = label.startsWith("ENCRYPTED ") || body.contains(",ENCRYPTED");
            String base64 = HEADER.matcher(body).replaceAll("");
            blocks.add(new Pem(label, encrypted, Base64.getMimeDecoder().decode(base64)));
        }
        return List.copyOf(blocks);
    }

    static String write(String label, byte[] content) {
        String base64 = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }
}
