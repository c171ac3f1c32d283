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
 * <p>All texts are one line of at most 300 characters, account numbers, hashes, keys and tokens
 * blanked.
 *
 * @param origin who wrote it
 * @param message everything it says, for a person
 * @param code {@code fault.detail.errorcode} or the OAuth {@code error}
 * @param title of the first of {@code errors}
 * @param sources of all {@code errors}: {@code parameter fields}, {@code header X}, {@code pointer
 *     /a}; at most 20
 * @param id of the first of {@code errors}
 */
public record ErrorBody(
    Origin origin,
    String message,
    @Nullable String code,
    @Nullable String title,
    List<String> sources,
    @Nullable String id) {

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
  private static final int SOURCES_MAX = 20;
  private static final Pattern ACCOUNT =
      Pattern.compile("(?<![0-9A-Za-z])(\\d{8,9}|[0-9A-Fa-f]{64})(?![0-9A-Za-z])");

  /**
   * A token in a server's words: Schwab's end with an at sign, others are just long; an app's key
   * is 32 letters and digits.
   */
  private static final Pattern TOKEN =
      Pattern.compile(
          "[\\w.~+/=%-]{12,}(?:@|%40)|[\\w.~+/=%-]{48,}"
              + "|(?<![0-9A-Za-z])(?=[A-Za-z]*\\d)[0-9A-Za-z]{28,}(?![0-9A-Za-z])");

  private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Cntrl}]+");

  public ErrorBody {
    sources = List.copyOf(sources);
  }

  /** Reads the body of an answer that is not a success. */
  public static ErrorBody read(@Nullable String contentType, @Nullable String body) {
    if (body == null || body.isBlank()) {
      return saysNothing(Origin.NOBODY, "no error text");
    }
    String start = body.stripLeading();
    boolean html = contentType != null && contentType.toLowerCase(Locale.ROOT).contains("html");
    if (html || start.startsWith("<")) {
      return saysNothing(Origin.EDGE, "an HTML page of the network's edge");
    }
    JsonNode json;
    try {
      json = Json.parse(body);
    } catch (JacksonException _) {
      return saysNothing(Origin.NOBODY, "an error text that is no JSON");
    }
    JsonNode fault = json.path("fault");
    if (fault.isObject()) {
      String code = Json.text(fault.path("detail"), "errorcode", "");
      return new ErrorBody(
          Origin.GATEWAY,
          line(List.of(Json.text(fault, "faultstring", ""), code)),
          code.isEmpty() ? null : line(List.of(code)),
          null,
          List.of(),
          null);
    }
    List<String> said = new ArrayList<>();
    add(said, Json.text(json, "message"));
    String code = Json.text(json, "error");
    add(said, code);
    add(said, Json.text(json, "error_description"));
    String title = null;
    String id = null;
    List<String> sources = new ArrayList<>();
    for (JsonNode error : json.path("errors").values()) {
      String words = error.isString() ? error.stringValue() : Json.text(error, "title");
      add(said, words);
      add(said, Json.text(error, "detail"));
      title = title == null && !error.isString() ? words : title;
      id = id == null ? Json.text(error, "id") : id;
      sources(error.path("source"), sources);
    }
    return said.isEmpty()
        ? saysNothing(Origin.NOBODY, "an error text of unknown form")
        : new ErrorBody(
            Origin.SERVICE, line(said), lineOf(code), lineOf(title), sources, lineOf(id));
  }

  private static ErrorBody saysNothing(Origin origin, String message) {
    return new ErrorBody(origin, message, null, null, List.of(), null);
  }

  /** A source names a header or a parameter as text, or pointers as a list. */
  private static void sources(JsonNode source, List<String> sources) {
    for (String name : List.of("header", "parameter", "pointer")) {
      JsonNode value = source.path(name);
      for (JsonNode one : value.isArray() ? value.values() : List.of(value)) {
        if (one.isString() && sources.size() < SOURCES_MAX) {
          sources.add(name + " " + line(List.of(one.stringValue())));
        }
      }
    }
  }

  private static void add(List<String> said, @Nullable String text) {
    if (text != null && !text.isBlank()) {
      said.add(text);
    }
  }

  private static @Nullable String lineOf(@Nullable String text) {
    return text == null ? null : line(List.of(text));
  }

  /**
   * A server's words with what may be an account number, a hash or a token blanked: some repeat
   * what they were sent.
   */
  public static String blanked(String words) {
    return TOKEN.matcher(ACCOUNT.matcher(words).replaceAll("...")).replaceAll("...");
  }

  /** The words in a field, blanked; null when there are none. */
  public static @Nullable String blanked(JsonNode object, String field) {
    String words = Json.text(object, field);
    return words == null ? null : blanked(words);
  }

  private static String line(List<String> said) {
    String joined = BLANKS.matcher(String.join(": ", said)).replaceAll(" ").strip();
    String blanked = blanked(joined);
    return blanked.length() <= LENGTH_MAX ? blanked : blanked.substring(0, LENGTH_MAX) + "...";
  }
}
