package io.alphakite.suite.chaos;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The order requests in the bytes that clients sent to the broker. */
final class OrderWire {
  private static final Pattern POST =
      Pattern.compile("POST /trader/v1/accounts/[^/ ]+/orders HTTP/1\\.1\r\n");
  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");

  private OrderWire() {}

  /**
   * The body of each order POST, in no order; what was cut off before its end, as far as it came.
   *
   * @param connections what each connection sent
   */
  static List<String> posts(List<byte[]> connections) {
    List<String> bodies = new ArrayList<>();
    for (byte[] bytes : connections) {
      String sent = new String(bytes, StandardCharsets.ISO_8859_1);
      Matcher post = POST.matcher(sent);
      while (post.find()) {
        int end = sent.indexOf("\r\n\r\n", post.end() - 2);
        Matcher length = LENGTH.matcher(sent);
        if (end < 0 || !length.find(post.end() - 2) || length.start() > end) {
          bodies.add("");
          continue;
        }
        int from = end + 4;
        int to = Math.min(sent.length(), from + Integer.parseInt(length.group(1)));
        bodies.add(sent.substring(from, to));
      }
    }
    return bodies;
  }
}
