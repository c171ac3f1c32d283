package io.alphakite.schwab.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One of a set of words of Schwab's that may grow without notice: the word as it came, and what it
 * means when it is a known one.
 *
 * @param text as Schwab wrote it, at most 64 characters
 * @param value null when the word is none of those we know
 */
public record Coded<E extends Enum<E>>(String text, @Nullable E value) {

  private static final int LENGTH_MAX = 64;

  /** The word with its meaning; a constant's name counts beside its wire name, capitals do not. */
  public static <E extends Enum<E>> Coded<E> of(Class<E> words, String text) {
    String bounded = text.length() <= LENGTH_MAX ? text : text.substring(0, LENGTH_MAX);
    for (E word : words.getEnumConstants()) {
      if (wire(word).equalsIgnoreCase(bounded) || word.name().equalsIgnoreCase(bounded)) {
        return new Coded<>(bounded, word);
      }
    }
    return new Coded<>(bounded, null);
  }

  /** How Schwab writes a known word. */
  public static String wire(Enum<?> word) {
    return word instanceof WireName named ? named.wire() : word.name();
  }

  /** Whether it is this one. */
  public boolean is(E word) {
    return value == word;
  }

  @Override
  public String toString() {
    return text.toUpperCase(Locale.ROOT);
  }
}
