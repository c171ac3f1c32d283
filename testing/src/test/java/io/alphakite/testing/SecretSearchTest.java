package io.alphakite.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SecretSearchTest {

  private static final String SECRET = "I0.b2F1dG+/h@\"x=";
  private final SecretSearch search = new SecretSearch(Map.of("token", SECRET));

  static Stream<String> ways() {
    return Stream.of(
        SECRET,
        SECRET.toUpperCase(java.util.Locale.ROOT),
        URLEncoder.encode(SECRET, StandardCharsets.UTF_8),
        URLEncoder.encode(
            URLEncoder.encode(SECRET, StandardCharsets.UTF_8), StandardCharsets.UTF_8),
        "I0.b2F1dG+/h@\\\"x=",
        "I0.b2F1dG+\\/h@\\\"x=",
        "I0\\u002eb2F1dG\\u002b\\u002fh\\u0040\\u0022x\\u003d",
        HexFormat.of().formatHex(bytes(SECRET)),
        HexFormat.of().withUpperCase().formatHex(bytes(SECRET)),
        Base64.getEncoder().encodeToString(bytes(SECRET)),
        Base64.getUrlEncoder().encodeToString(bytes(SECRET)),
        Base64.getEncoder().encodeToString(bytes("k:" + SECRET + ":more")),
        Base64.getEncoder().encodeToString(bytes("k" + SECRET)),
        Base64.getEncoder().encodeToString(gzip("before " + SECRET + " after")),
        Base64.getUrlEncoder().withoutPadding().encodeToString(gzip(SECRET)),
        HexFormat.of().formatHex(gzip("before " + SECRET)));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void findsItHoweverItIsWritten(String written) {
    assertThat(search.in("log", "a line with " + written + " in it"))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("token in log");
  }

  @Test
  void findsItInZippedBytesBehindOthers() {
    byte[] zipped = gzip("{\"a\":\"" + SECRET + "\"}");
    byte[] file = new byte[zipped.length + 3];
    System.arraycopy(zipped, 0, file, 3, zipped.length);
    assertThat(search.in("file", file)).hasSize(1);
  }

  @Test
  void findsNothingWhereNothingIs() {
    assertThat(search.in("log", "H4sIAAAAAAAAAA no gzip, 1f8b08000000000000000000 neither"))
        .isEmpty();
    assertThat(search.in("file", gzip("nothing"))).isEmpty();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(bytes(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
