package io.alphakite.gateway.web;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** A place in a list, opaque to the caller. */
public final class Cursor {
  private static final int LENGTH_MAX = 200;

  private Cursor() {}

  /** Text that brings these parts back; none of them may contain {@code |}. */
  public static String of(Object... parts) {
    StringBuilder joined = new StringBuilder();
    for (Object part : parts) {
      joined.append(joined.isEmpty() ? "" : "|").append(part);
    }
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(joined.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The parts of a cursor.
   *
   * @throws ApiException when it is not one with as many parts
   */
  public static List<String> parts(String cursor, int count) {
    if (cursor.length() <= LENGTH_MAX) {
      try {
        String joined = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        List<String> parts = List.of(joined.split("\\|", -1));
        if (parts.size() == count) {
          return parts;
        }
      } catch (IllegalArgumentException e) {
        throw invalid();
      }
    }
    throw invalid();
  }

  /** The refusal of a cursor whose parts make no sense. */
  public static ApiException invalid() {
    return ApiException.malformed(
        "invalid_cursor",
        "cursor is not one this API gave out.",
        "Send next_cursor of the page before, unchanged.");
  }
}
