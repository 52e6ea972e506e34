package dev.duet.signaling;

/**
 * Who somebody says they are.
 *
 * @param name the display name; may be empty
 * @param instance names the page load that holds the person's end of the call; may be empty
 */
public record Person(DisplayName name, String instance) {}
