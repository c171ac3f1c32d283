package io.alphakite.gateway.access;

import java.sql.Array;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Signed-in browsers, by the hash of their cookie; they survive a restart of the gateway. */
@Component
class BrowserSessions {
  /** How long a browser stays signed in. */
  static final Duration LIFETIME = Duration.ofDays(30);

  private static final int ID_BYTES = 8;

  private final JdbcClient jdbc;
  private final InstantSource clock;

  BrowserSessions(JdbcClient jdbc, InstantSource clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** Starts a session with every scope; returns the cookie's value. */
  String open() {
    Instant now = clock.instant();
    jdbc.sql("DELETE FROM browser_sessions WHERE expires_at < :now")
        .param("now", Timestamp.from(now))
        .update();
    String token = Secrets.generate();
    jdbc.sql(
            """
            INSERT INTO browser_sessions (token_hash, scopes, expires_at)
            VALUES (:hash, ARRAY['read', 'trade', 'admin'], :expires)
            """)
        .param("hash", Secrets.hash(token))
        .param("expires", Timestamp.from(now.plus(LIFETIME)))
        .update();
    return token;
  }

  /** Who has this cookie, while the session lasts. */
  Optional<Principal> find(String token) {
    byte[] hash = Secrets.hash(token);
    return jdbc.sql(
            "SELECT scopes, expires_at FROM browser_sessions WHERE token_hash = :hash AND expires_at > :now")
        .param("hash", hash)
        .param("now", Timestamp.from(clock.instant()))
        .query(
            (row, number) ->
                Principal.of(
                    Principal.Kind.BROWSER,
                    "browser:" + HexFormat.of().formatHex(hash, 0, ID_BYTES),
                    scopes(row.getArray("scopes")),
                    row.getTimestamp("expires_at").toInstant()))
        .optional();
  }

  /** Whether the session of a principal still lasts. */
  boolean exists(String principalId) {
    return jdbc.sql(
                """
            SELECT count(*) FROM browser_sessions
            WHERE 'browser:' || encode(substring(token_hash FROM 1 FOR 8), 'hex') = :id AND expires_at > :now
            """)
            .param("id", principalId)
            .param("now", Timestamp.from(clock.instant()))
            .query(Long.class)
            .single()
        > 0;
  }

  /** Ends a session. */
  void close(String token) {
    jdbc.sql("DELETE FROM browser_sessions WHERE token_hash = :hash")
        .param("hash", Secrets.hash(token))
        .update();
  }

  private static List<Scope> scopes(Array array) throws java.sql.SQLException {
    List<Scope> scopes = new ArrayList<>();
    for (Object scope : (Object[]) array.getArray()) {
      scopes.add(Scope.fromWire(String.valueOf(scope)));
    }
    return scopes;
  }
}
