package dev.duet.cli;

import io.nayuki.qrcodegen.QrCode.Ecc;

/** A QR code in half-block characters: two modules to a character, one above the other. */
final class QrCode {
    /** The standard asks for four light modules around the code; cameras do with two, and a terminal is narrow. */
    private static final int QUIET = 2;

    private QrCode() {}

    /**
     * Lines, each ended by a line feed.
     *
     * @param coloured black on white whatever the terminal's colours; otherwise light modules are drawn in the
     * colour of the text,
     *     which is right on a dark terminal and read by most phones on a light one
     */
    static String draw(String text, boolean coloured, String indent) {
        var code = io.nayuki.qrcodegen.QrCode.encodeText(text, Ecc.LOW);
        StringBuilder out = new StringBuilder();
        for (int y = -QUIET; y < code.size + QUIET; y += 2) {
            out.append(indent).append(coloured ? "\u001B[97;40m" : "");
            for (int x = -QUIET; x < code.size + QUIET; x++) {
                boolean upper = !code.getModule(x, y);
                boolean lower = !code.getModule(x, y + 1) && y + 1 < code.size + QUIET;
                out.append(upper ? (lower ? '█' : '▀') : (lower ? '▄' : ' '));
            }
            out.append(coloured ? "\u001B[0m" : "").append('\n');
        }
        return out.toString();
    }
}
