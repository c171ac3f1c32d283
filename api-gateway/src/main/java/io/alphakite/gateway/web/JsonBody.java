package io.alphakite.gateway.web;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeType;

/**
 * The JSON object of a request, read strictly: at most {@value #BYTES_MAX} bytes, nested at most
 * {@value #DEPTH_MAX} deep, no name twice, no name that is not known, nothing behind it.
 *
 * <p>A field that is null counts as absent. What has the wrong JSON type is a 400; what has the
 * right one and makes no sense is for the caller to refuse with 422.
 */
public final class JsonBody {
  /** The largest body. */
  public static final int BYTES_MAX = 64 * 1024;

  private static final int DEPTH_MAX = 20;
  private static final int NUMBER_LENGTH_MAX = 100;
  private static final Pattern DECIMAL = Pattern.compile("-?\\d{1,30}(\\.\\d{1,30})?");
  // "1e999999999" is short to write and endless to expand.
  private static final int EXPONENT_MAX = 30;

  private static final JsonMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH_MAX)
                          .maxNumberLength(NUMBER_LENGTH_MAX)
                          .maxDocumentLength(BYTES_MAX)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final JsonNode object;

  private JsonBody(JsonNode object) {
    this.object = object;
  }

  /**
   * Reads the body of a request.
   *
   * @param known every field it may have; others are refused by name
   * @throws ApiException when it is missing or not such an object
   */
  public static JsonBody required(HttpServletRequest request, Set<String> known) {
    byte[] bytes = read(request);
    if (bytes.length == 0) {
      requireJson(request);
      throw ApiException.malformed(
          "missing_body", "The request has no body.", "Send a JSON object.");
    }
    requireJson(request);
    return parse(bytes, known);
  }

  /** As {@link #required}, but a missing body counts as {@code {}}. */
  public static JsonBody optional(HttpServletRequest request, Set<String> known) {
    byte[] bytes = read(request);
    if (bytes.length == 0) {
      return parse(new byte[] {'{', '}'}, known);
    }
    requireJson(request);
    return parse(bytes, known);
  }

  /** Reads text that came another way than by HTTP. */
  public static JsonBody parse(String text, Set<String> known) {
    return parse(text.getBytes(java.nio.charset.StandardCharsets.UTF_8), known);
  }

  /** A text. */
  public @Nullable String text(String name) {
    JsonNode value = field(name);
    if (value == null) {
      return null;
    }
    if (value.getNodeType() != JsonNodeType.STRING) {
      throw wrongType(name, "a string");
    }
    return value.stringValue();
  }

  /** A text that must be there. */
  public String requiredText(String name) {
    String text = text(name);
    if (text == null) {
      throw missing(name);
    }
    return text;
  }

  /** A truth value. */
  public @Nullable Boolean flag(String name) {
    JsonNode value = field(name);
    if (value == null) {
      return null;
    }
    if (value.getNodeType() != JsonNodeType.BOOLEAN) {
      throw wrongType(name, "true or false");
    }
    return value.booleanValue();
  }

  /** A number, as a JSON number or a decimal string; exact. */
  public @Nullable BigDecimal decimal(String name) {
    JsonNode value = field(name);
    if (value == null) {
      return null;
    }
    if (value.getNodeType() == JsonNodeType.NUMBER) {
      BigDecimal number = value.decimalValue();
      if (Math.abs((long) number.scale()) > EXPONENT_MAX || number.precision() > 2 * EXPONENT_MAX) {
        throw ApiException.malformed(
            "number_out_of_range", name + " is too large or too fine a number.", "Send less.");
      }
      return number;
    }
    if (value.getNodeType() == JsonNodeType.STRING) {
      String text = value.stringValue();
      if (DECIMAL.matcher(text).matches()) {
        return new BigDecimal(text);
      }
    }
    throw wrongType(name, "a number or a decimal string");
  }

  /** A list of texts; empty when absent. */
  public List<String> texts(String name, int max) {
    JsonNode value = field(name);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray() || value.size() > max) {
      throw wrongType(name, "a list of at most " + max + " strings");
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode element : value.values()) {
      if (element.getNodeType() != JsonNodeType.STRING) {
        throw wrongType(name, "a list of strings");
      }
      texts.add(element.stringValue());
    }
    return texts;
  }

  /**
   * An object within, as strict as this one.
   *
   * @param known every field it may have; others are refused by name
   */
  public @Nullable JsonBody object(String name, Set<String> known) {
    JsonNode value = field(name);
    if (value == null) {
      return null;
    }
    if (!value.isObject()) {
      throw wrongType(name, "an object");
    }
    requireKnown(value, known);
    return new JsonBody(value);
  }

  /** The value as it is; null when absent. */
  public @Nullable JsonNode field(String name) {
    JsonNode value = object.get(name);
    return value == null || value.isNull() ? null : value;
  }

  /** The names present, in order. */
  public Collection<String> names() {
    return new LinkedHashSet<>(object.propertyNames());
  }

  /** The refusal of a body that lacks a field. */
  public static ApiException missing(String name) {
    return ApiException.unprocessable("missing_field", name + " is missing.", null);
  }

  private static ApiException wrongType(String name, String expected) {
    return ApiException.malformed(
        "wrong_type", name + " is not " + expected + ".", "Send " + name + " as " + expected + ".");
  }

  private static JsonBody parse(byte[] bytes, Set<String> known) {
    JsonNode tree;
    try {
      tree = STRICT.readTree(bytes);
    } catch (JacksonException e) {
      // The parser's own words quote the body and name classes; where it stumbled is enough.
      throw ApiException.malformed(
          "malformed_json",
          "The body is not valid JSON near line "
              + (e.getLocation() == null ? 1 : e.getLocation().getLineNr())
              + ", column "
              + (e.getLocation() == null ? 1 : e.getLocation().getColumnNr())
              + ".",
          "Every name once, nesting at most " + DEPTH_MAX + ", numbers of ordinary length.");
    }
    if (!tree.isObject()) {
      throw ApiException.malformed(
          "malformed_json", "The body is not a JSON object.", "Send an object: {...}.");
    }
    requireKnown(tree, known);
    return new JsonBody(tree);
  }

  private static void requireKnown(JsonNode tree, Set<String> known) {
    List<String> unknown =
        tree.propertyNames().stream()
            .filter(name -> !known.contains(name))
            .map(Problems::printable)
            .limit(10)
            .toList();
    if (!unknown.isEmpty()) {
      throw ApiException.malformed(
          "unknown_field",
          "Unknown " + (unknown.size() == 1 ? "field: " : "fields: ") + String.join(", ", unknown),
          "Known are " + String.join(", ", known.stream().sorted().toList()) + ".");
    }
  }

  private static byte[] read(HttpServletRequest request) {
    if (request.getContentLengthLong() > BYTES_MAX) {
      throw tooLarge();
    }
    try (InputStream body = request.getInputStream()) {
      byte[] bytes = body.readNBytes(BYTES_MAX + 1);
      if (bytes.length > BYTES_MAX) {
        throw tooLarge();
      }
      return bytes;
    } catch (IOException e) {
      throw ApiException.malformed(
          "unreadable_body", "The body did not arrive whole.", "Send it again.");
    }
  }

  private static void requireJson(HttpServletRequest request) {
    String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    boolean plain = encoding == null || encoding.equalsIgnoreCase("identity");
    if (!plain || !isJson(request.getContentType())) {
      throw unsupported();
    }
  }

  private static boolean isJson(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    try {
      MediaType type = MediaType.parseMediaType(contentType);
      java.nio.charset.Charset charset = type.getCharset();
      return type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON)
          && (charset == null || charset.equals(java.nio.charset.StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static ApiException unsupported() {
    Problem problem = Problems.unsupportedMediaType();
    return new ApiException(
        HttpStatus.UNSUPPORTED_MEDIA_TYPE, problem.code(), problem.detail(), problem.hint());
  }

  private static ApiException tooLarge() {
    return new ApiException(
        HttpStatus.CONTENT_TOO_LARGE,
        "body_too_large",
        "The body is larger than " + BYTES_MAX + " bytes.",
        null);
  }
}
