package io.alphakite.db;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Where the database is and who connects.
 *
 * @param jdbcUrl {@code jdbc:postgresql://host:port/db}, without credentials
 * @param user null when neither the URL nor a setting names one: the driver then takes the system
 *     user
 * @param password null when none is known; never printed
 */
public record DatabaseUrl(String jdbcUrl, @Nullable String user, @Nullable String password) {

  /**
   * Reads {@code jdbc:postgresql://host:port/db} or {@code postgres://user:pass@host:port/db}. A
   * user or password given beside the URL wins over one inside it.
   *
   * @throws IllegalArgumentException with one line that says what is wrong; it never repeats the
   *     password
   */
  public static DatabaseUrl parse(String url, @Nullable String user, @Nullable String password) {
    if (url.startsWith("jdbc:postgresql:")) {
      URI uri = uri(url.substring("jdbc:".length()));
      requireDatabase(uri);
      return new DatabaseUrl(url, blankToNull(user), blankToNull(password));
    }
    if (url.startsWith("postgres://") || url.startsWith("postgresql://")) {
      URI uri = uri(url);
      requireDatabase(uri);
      String credentials = uri.getRawUserInfo();
      String urlUser = null;
      String urlPassword = null;
      if (credentials != null) {
        int colon = credentials.indexOf(':');
        urlUser = decode(colon < 0 ? credentials : credentials.substring(0, colon));
        urlPassword = colon < 0 ? null : decode(credentials.substring(colon + 1));
      }
      String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
      String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
      String host = uri.getHost();
      return new DatabaseUrl(
          "jdbc:postgresql://" + host + port + uri.getRawPath() + query,
          blankToNull(user) != null ? user : urlUser,
          blankToNull(password) != null ? password : urlPassword);
    }
    throw new IllegalArgumentException(
        "DATABASE_URL must look like jdbc:postgresql://host:5432/db or postgres://user:password@host:5432/db");
  }

  /** The same database as another role. */
  public DatabaseUrl as(String otherUser, @Nullable String otherPassword) {
    return new DatabaseUrl(jdbcUrl, otherUser, otherPassword);
  }

  /** A new connection; the caller closes it. */
  public Connection connect() throws SQLException {
    return connect(new Properties());
  }

  /** A new connection that hands notifications on as they come; the caller closes it. */
  public Connection connectToListen() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("socketFactory", PromptSocketFactory.class.getName());
    return connect(properties);
  }

  private Connection connect(Properties properties) throws SQLException {
    if (user != null) {
      properties.setProperty("user", user);
    }
    if (password != null) {
      properties.setProperty("password", password);
    }
    return DriverManager.getConnection(jdbcUrl, properties);
  }

  @Override
  public String toString() {
    return jdbcUrl + " as " + (user == null ? "the system user" : user);
  }

  private static void requireDatabase(URI uri) {
    if (uri.getHost() == null || uri.getPath() == null || uri.getPath().length() < 2) {
      throw new IllegalArgumentException(
          "DATABASE_URL must name a host and a database, as in jdbc:postgresql://host:5432/db");
    }
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "DATABASE_URL is not a URL: " + e.getReason() + " (percent-encode special characters)",
          e);
    }
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static @Nullable String blankToNull(@Nullable String text) {
    return text == null || text.isBlank() ? null : text;
  }
}
