package io.alphakite.schwab.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What an error answer says. Schwab has five shapes: {@code errors[]} of market data (and of every
 * 401), {@code message} of the trader, {@code fault} of the gateway, an HTML page of the edge, and
 * nothing.
 *
 * @param origin who wrote it
 * @param message one line for a person, at most 300 characters, account numbers and hashes blanked
 */
public record ErrorBody(Origin origin, String message) {

  /** Who wrote an error body. */
  public enum Origin {
    /** Schwab's own service: its refusal is an answer. */
    SERVICE,
    /** The API gateway before it. */
    GATEWAY,
    /** The network's edge: not an answer of Schwab. */
    EDGE,
    /** Empty, or of no known form. */
    NOBODY
  }

  private static final int LENGTH_MAX = 300;
  private static final Pattern ACCOUNT =
      Pattern.compile("(?<![0-9A-Za-z])(\\d{8,9}|[0-9A-Fa-f]{64})(?![0-9A-Za-z])");
  private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Cntrl}]+");

  /** Reads the body of an answer that is not a success. */
  public static ErrorBody read(@Nullable String contentType, @Nullable String body) {
    if (body == null || body.isBlank()) {
      return new ErrorBody(Origin.NOBODY, "no error text");
    }
    String start = body.stripLeading();
    boolean html = contentType != null && contentType.toLowerCase(Locale.ROOT).contains("html");
    if (html || start.startsWith("<")) {
      return new ErrorBody(Origin.EDGE, "an HTML page of the network's edge");
    }
    JsonNode json;
    try {
      json = Json.parse(body);
    } catch (JacksonException _) {
      return new ErrorBody(Origin.NOBODY, "an error text that is no JSON");
    }
    JsonNode fault = json.path("fault");
    if (fault.isObject()) {
      String code = Json.text(fault.path("detail"), "errorcode", "");
      return new ErrorBody(
          Origin.GATEWAY, line(List.of(Json.text(fault, "faultstring", ""), code)));
    }
    List<String> said = new ArrayList<>();
    add(said, Json.text(json, "message"));
    add(said, Json.text(json, "error"));
    add(said, Json.text(json, "error_description"));
    for (JsonNode error : json.path("errors").values()) {
      add(said, error.isString() ? error.stringValue() : Json.text(error, "title"));
      add(said, Json.text(error, "detail"));
    }
    return said.isEmpty()
        ? new ErrorBody(Origin.NOBODY, "an error text of unknown form")
        : new ErrorBody(Origin.SERVICE, line(said));
  }

  private static void add(List<String> said, @Nullable String text) {
    if (text != null && !text.isBlank()) {
      said.add(text);
    }
  }

  private static String line(List<String> said) {
    String joined = BLANKS.matcher(String.join(": ", said)).replaceAll(" ").strip();
    String blanked = ACCOUNT.matcher(joined).replaceAll("...");
    return blanked.length() <= LENGTH_MAX ? blanked : blanked.substring(0, LENGTH_MAX) + "...";
  }
}
