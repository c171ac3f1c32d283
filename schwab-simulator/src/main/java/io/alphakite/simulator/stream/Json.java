package io.alphakite.simulator.stream;

/** Writes the few JSON forms that the streamer's frames need. */
final class Json {
  private Json() {}

  /** Ten-thousandths as an exact decimal with one to four places: 1674100 gives 167.41. */
  static void e4(StringBuilder to, long value) {
    scaled(to, value, 10_000, 4);
  }

  /** Millionths as an exact decimal. */
  static void e6(StringBuilder to, long value) {
    scaled(to, value, 1_000_000, 6);
  }

  private static void scaled(StringBuilder to, long value, long unit, int digits) {
    long rest = Math.abs(value);
    if (value < 0) {
      to.append('-');
    }
    to.append(rest / unit).append('.');
    long fraction = rest % unit;
    int length = digits;
    while (length > 1 && fraction % 10 == 0) {
      fraction /= 10;
      length--;
    }
    String text = Long.toString(fraction);
    to.repeat('0', length - text.length()).append(text);
  }

  static void text(StringBuilder to, String value) {
    to.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        to.append('\\').append(c);
      } else if (c < 0x20) {
        to.append(String.format("\\u%04x", (int) c));
      } else {
        to.append(c);
      }
    }
    to.append('"');
  }
}
