package io.alphakite.gateway.web;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/** A place in a list, opaque to the caller. */
public final class Cursor {
  private static final int LENGTH_MAX = 200;

  private Cursor() {}

  /** The place of a row in a list ordered by time and, within one time, by id. */
  public record Place(Instant time, UUID id) {}

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

  /**
   * The time and id of a cursor made of both.
   *
   * @throws ApiException when it is not such a one
   */
  public static Place place(String cursor) {
    List<String> parts = parts(cursor, 2);
    try {
      return new Place(Instant.parse(parts.get(0)), UUID.fromString(parts.get(1)));
    } catch (DateTimeException | IllegalArgumentException e) {
      throw invalid();
    }
  }

  /** The refusal of a cursor whose parts make no sense. */
  public static ApiException invalid() {
    return ApiException.malformed(
        "invalid_cursor",
        "cursor is not one this API gave out.",
        "Send next_cursor of the page before, unchanged.");
  }
}
