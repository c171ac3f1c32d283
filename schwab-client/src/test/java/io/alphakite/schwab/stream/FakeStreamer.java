package io.alphakite.schwab.stream;

import io.alphakite.schwab.FakeSchwab;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import mockwebserver3.MockResponse;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The streamer's side of the socket: answers every command with code 0 unless a test says
 * otherwise.
 */
final class FakeStreamer {

  /** A command as it came. */
  record Command(String service, String command, String requestId, JsonNode parameters) {
    String keys() {
      return parameters.path("keys").asString("");
    }

    String fields() {
      return parameters.path("fields").asString("");
    }
  }

  private final BlockingQueue<Connection> connections = new LinkedBlockingQueue<>();
  private volatile Function<Command, @Nullable String> answers =
      command -> answer(command, 0, "ok");

  FakeStreamer(FakeSchwab schwab) {
    schwab.on(
        "GET /trader/v1/userPreference",
        200,
        """
        {"accounts":[{"accountNumber":"12345678","primaryAccount":true,"type":"BROKERAGE"}],
         "streamerInfo":[{"streamerSocketUrl":"ws://127.0.0.1:%d/ws",
           "schwabClientCustomerId":"customer","schwabClientCorrelId":"correl",
           "schwabClientChannel":"N9","schwabClientFunctionId":"APIAPP"}],
         "offers":[{"level2Permissions":true,"mktDataPermission":"NP"}]}"""
            .formatted(schwab.port()));
    schwab.on(
        "GET /ws", _ -> new MockResponse.Builder().webSocketUpgrade(new Connection()).build());
  }

  /** Says how commands are answered; null leaves one without an answer. */
  void answering(Function<Command, @Nullable String> how) {
    answers = how;
  }

  static String answer(Command command, int code, String message) {
    return """
        {"response":[{"service":"%s","command":"%s","requestid":"%s","SchwabClientCorrelId":"c",
          "timestamp":1767623400000,"content":{"code":%d,"msg":"%s"}}]}"""
        .formatted(command.service(), command.command(), command.requestId(), code, message);
  }

  /** An answer with data before it in the same frame, as {@code {"data":[...]}} has it. */
  static String answer(Command command, int code, String message, String data) {
    return data.substring(0, data.lastIndexOf('}'))
        + ","
        + answer(command, code, message).strip().substring(1);
  }

  /** The next connection that a client makes. */
  Connection connection() throws InterruptedException {
    Connection connection = connections.poll(30, TimeUnit.SECONDS);
    if (connection == null) {
      throw new AssertionError("no connection came");
    }
    return connection;
  }

  boolean noFurtherConnectionWithin(long millis) throws InterruptedException {
    return connections.poll(millis, TimeUnit.MILLISECONDS) == null;
  }

  /** One client's socket. */
  final class Connection extends WebSocketListener {

    private final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();
    private final List<Command> all = new CopyOnWriteArrayList<>();
    private volatile @Nullable WebSocket socket;

    @Override
    public void onOpen(WebSocket webSocket, Response response) {
      socket = webSocket;
      connections.add(this);
    }

    @Override
    public void onMessage(WebSocket webSocket, String text) {
      for (JsonNode request : JsonMapper.shared().readTree(text).path("requests").values()) {
        Command command =
            new Command(
                request.path("service").asString(),
                request.path("command").asString(),
                request.path("requestid").asString(),
                request.path("parameters"));
        all.add(command);
        String answer = answers.apply(command);
        if (answer != null) {
          webSocket.send(answer);
        }
        commands.add(command);
      }
    }

    @Override
    public void onClosing(WebSocket webSocket, int code, String reason) {
      webSocket.close(1_000, null);
    }

    Command command() throws InterruptedException {
      Command command = commands.poll(30, TimeUnit.SECONDS);
      if (command == null) {
        throw new AssertionError("no command came");
      }
      return command;
    }

    List<Command> commands() {
      return all;
    }

    void send(String frame) {
      WebSocket now = socket;
      if (now == null || !now.send(frame)) {
        throw new AssertionError("the client is gone");
      }
    }

    void close(int code) {
      WebSocket now = socket;
      if (now != null) {
        now.close(code, null);
      }
    }
  }
}
