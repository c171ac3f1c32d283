package io.alphakite.gateway.web;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * The first answer to each Idempotency-Key, given again to whoever repeats the request.
 *
 * <p>A key belongs to its principal. Its lock, what is written and the answer are one transaction:
 * of many requests with one key at the same time one is carried out and the others wait for its
 * answer.
 */
@Component
public class FirstAnswers {
  /** The header. */
  public static final String HEADER = "Idempotency-Key";

  private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7E]{1,255}");

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final JsonMapper json;

  FirstAnswers(JdbcClient jdbc, TransactionTemplate transaction, JsonMapper json) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.json = json;
  }

  /**
   * What was done.
   *
   * @param tradeId the trade that it is about
   */
  public record Done<T>(UUID tradeId, T answer) {}

  private record First(String requestHash, String response) {}

  /** The key of a request; null when it has none. */
  public static @Nullable String key(HttpServletRequest request) {
    List<String> given = Collections.list(request.getHeaders(HEADER));
    if (given.isEmpty()) {
      return null;
    }
    if (given.size() > 1 || !PRINTABLE.matcher(given.getFirst()).matches()) {
      throw ApiException.malformed(
          "invalid_idempotency_key",
          HEADER + " is not 1 to 255 printable characters.",
          "A random UUID is a good one.");
    }
    return given.getFirst();
  }

  /**
   * Does it in a transaction, unless this key's first answer is known.
   *
   * @param key null does it always
   * @param request everything the answer depends on
   * @throws ApiException 422 when the key was used for another request
   */
  public <T> T once(
      String principal,
      @Nullable String key,
      String request,
      Class<T> type,
      Supplier<Done<T>> work) {
    return Objects.requireNonNull(
        transaction.execute(
            status ->
                key == null
                    ? work.get().answer()
                    : firstAnswer(principal, key, request, type, work)));
  }

  private <T> T firstAnswer(
      String principal, String key, String request, Class<T> type, Supplier<Done<T>> work) {
    byte[] hash = sha256(request);
    jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
        .param("name", "idempotency\n" + principal + "\n" + key)
        .query((row, number) -> 0)
        .list();
    Optional<First> first =
        jdbc.sql(
                "SELECT encode(request_hash, 'hex') AS hash, response FROM idempotency_keys"
                    + " WHERE principal = :principal AND key = :key")
            .param("principal", principal)
            .param("key", key)
            .query((row, number) -> new First(row.getString("hash"), row.getString("response")))
            .optional();
    if (first.isPresent()) {
      if (!first.get().requestHash().equals(HexFormat.of().formatHex(hash))) {
        throw ApiException.unprocessable(
            "idempotency_key_reused",
            "This Idempotency-Key was used for another request.",
            "Use a new key for every request; repeat a key only with the same body.");
      }
      return json.readValue(first.get().response(), type);
    }
    Done<T> done = work.get();
    jdbc.sql(
            """
            INSERT INTO idempotency_keys (principal, key, request_hash, trade_id, response)
            VALUES (:principal, :key, :hash, :trade, :response::jsonb)
            """)
        .param("principal", principal)
        .param("key", key)
        .param("hash", hash)
        .param("trade", done.tradeId())
        .param("response", json.writeValueAsString(done.answer()))
        .update();
    return done.answer();
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
