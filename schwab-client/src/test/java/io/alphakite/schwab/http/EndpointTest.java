package io.alphakite.schwab.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {

  @ParameterizedTest
  @CsvSource({
    "https://api.schwabapi.com,https://api.schwabapi.com",
    "https://api.schwabapi.com/,https://api.schwabapi.com",
    "http://localhost:8090,http://localhost:8090",
    "http://127.0.0.1:8090/,http://127.0.0.1:8090",
    "http://127.9.9.9,http://127.9.9.9",
    "http://[::1]:8090,http://[::1]:8090",
    "http://schwab-simulator:8090,http://schwab-simulator:8090",
    "HTTP://LOCALHOST:1,HTTP://LOCALHOST:1"
  })
  void takesEncryptedAndLocalAddresses(String text, String url) {
    assertThat(Endpoint.http("SCHWAB_BASE_URL", text)).hasToString(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://api.schwabapi.com",
        "http://127.0.0.1.example.com",
        "http://127.1",
        "http://10.0.0.1",
        "http://2130706433",
        "http://134744072",
        "http://0x08080808",
        "http://localhost.example.com",
        "http://[2001:db8::1]",
        "ws://localhost",
        "ftp://localhost",
        "localhost:8090",
        "http://",
        "https://",
        "not a url",
        "https://user:secret@api.schwabapi.com",
        "ftp://user:secret@api.schwabapi.com",
        "https://user:se cret-secret@api.schwabapi.com",
        "https://api.schwabapi.com?x=1",
        "http://localhost#@api.schwabapi.com"
      })
  void refusesOthersInOneLineNamingTheSetting(String text) {
    assertThatThrownBy(() -> Endpoint.http("SCHWAB_BASE_URL", text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("SCHWAB_BASE_URL")
        .hasMessageNotContaining("\n")
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"wss://streamer-api.schwab.com/ws", "ws://127.0.0.1:1/ws"})
  void takesSockets(String text) {
    assertThat(Endpoint.webSocket("streamerSocketUrl", text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ws://streamer-api.schwab.com/ws", "https://localhost/ws"})
  void refusesPlainSocketsElsewhere(String text) {
    assertThatThrownBy(() -> Endpoint.webSocket("streamerSocketUrl", text))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
