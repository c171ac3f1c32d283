package io.alphakite.schwab.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.schwab.http.SchwabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFileTest {

  private static final Secret KEY = key((byte) 1);
  private static final Tokens TOKENS =
      new Tokens(
          Secret.of("canary-access@"),
          Secret.of("canary-refresh@"),
          Instant.parse("2026-01-05T14:31:07Z"),
          "Bearer",
          Instant.parse("2026-01-04T09:00:00Z"));

  private final Path file;

  TokenFileTest(@TempDir Path directory) {
    this.file = directory.resolve("token.json");
  }

  private static Secret key(byte fill) {
    byte[] bytes = new byte[32];
    java.util.Arrays.fill(bytes, fill);
    return Secret.of(Base64.getEncoder().encodeToString(bytes));
  }

  private void write(String text, String mode) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"2026-01-05T14:31:07Z\"",
        "\"2026-01-05T09:31:07-05:00\"",
        "1767623467",
        "\"1767623467\"",
        "1767623467.0"
      })
  void readsThePlainForm(String expiresAt) throws IOException {
    write(
        "{\"access_token\":\"a@\",\"refresh_token\":\"r@\",\"expires_at\":%s,\"token_type\":\"Bearer\"}"
            .formatted(expiresAt),
        "rw-------");
    assertThat(TokenFile.at(file, null).read())
        .contains(
            new Tokens(
                Secret.of("a@"),
                Secret.of("r@"),
                Instant.parse("2026-01-05T14:31:07Z"),
                "Bearer",
                null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx------", "rw-rw-rw-"})
  void r41_refusesAWiderModeWithTheCommandToType(String mode) throws IOException {
    write("{\"refresh_token\":\"canary-refresh@\"}", mode);
    assertThatThrownBy(() -> TokenFile.at(file, null).read())
        .isInstanceOf(SchwabException.class)
        .hasMessageContaining("chmod 600 " + file)
        .hasMessageNotContaining("canary");
  }

  @Test
  void writesModeSixHundredAndLeavesNothingElse() throws IOException {
    TokenFile.at(file, null).write(TOKENS);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (Stream<Path> all = Files.list(file.getParent())) {
      assertThat(all).containsExactly(file);
    }
    assertThat(TokenFile.at(file, null).read()).contains(TOKENS);
  }

  @Test
  void readsBackWhatItEncrypts() throws IOException {
    TokenFile.at(file, KEY).write(TOKENS);
    assertThat(Files.readString(file)).startsWith("{").doesNotContain("canary");
    assertThat(TokenFile.at(file, KEY).read()).contains(TOKENS);
  }

  @Test
  void encryptsDifferentlyEachTime() throws IOException {
    TokenFile tokens = TokenFile.at(file, KEY);
    tokens.write(TOKENS);
    String once = Files.readString(file);
    tokens.write(TOKENS);
    assertThat(Files.readString(file)).isNotEqualTo(once);
  }

  @Test
  void takesAPlainFileAsImportAndEncryptsIt() throws IOException {
    TokenFile.at(file, null).write(TOKENS);
    assertThat(Files.readString(file)).contains("canary-refresh@");
    assertThat(TokenFile.at(file, KEY).read()).contains(TOKENS);
    assertThat(Files.readString(file)).doesNotContain("canary");
    assertThat(TokenFile.at(file, KEY).read()).contains(TOKENS);
  }

  @Test
  void r41_namesAnotherKeyADamagedSealAndAMissingKey() throws IOException {
    TokenFile.at(file, KEY).write(TOKENS);
    assertThatThrownBy(() -> TokenFile.at(file, key((byte) 2)).read())
        .hasMessageContaining("another SCHWAB_TOKEN_KEY");
    assertThatThrownBy(() -> TokenFile.at(file, null).read())
        .hasMessageContaining("set SCHWAB_TOKEN_KEY");
    String text = Files.readString(file);
    int at = text.indexOf("ciphertext") + 20;
    char other = text.charAt(at) == 'A' ? 'B' : 'A';
    write(text.substring(0, at) + other + text.substring(at + 1), "rw-------");
    assertThatThrownBy(() -> TokenFile.at(file, KEY).read()).hasMessageContaining("damaged");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{\"access_token\":\"canary-acc",
        "[]",
        "{\"access_token\":\"canary-access@\"}",
        "{\"refresh_token\":\"canary-refresh@\",\"expires_at\":\"soon\"}"
      })
  void r41_refusesADamagedFileWithoutShowingIt(String text) throws IOException {
    write(text, "rw-------");
    assertThatThrownBy(() -> TokenFile.at(file, null).read())
        .isInstanceOfSatisfying(
            SchwabException.class,
            e -> assertThat(e.kind()).isEqualTo(SchwabException.Kind.TOKEN_FILE))
        .hasMessageContaining(file.toString())
        .hasMessageNotContaining("canary");
  }

  @Test
  void isEmptyWithoutAFile() {
    assertThat(TokenFile.at(file, null).read()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"canary", "AAAA", "!!!!"})
  void refusesAKeyThatIsNone(String key) {
    assertThatThrownBy(() -> TokenFile.at(file, Secret.of(key)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("SCHWAB_TOKEN_KEY must be the base64 of 32 bytes");
  }

  @Test
  void hidesItsSecrets() {
    assertThat(List.of(TOKENS, TOKENS.refresh(), KEY, TokenFile.at(file, KEY)).toString())
        .doesNotContain("canary")
        .doesNotContain(KEY.reveal());
  }
}
