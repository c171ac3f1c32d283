package io.alphakite.benchmarks.feed;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * As little of a streamer as a client needs: user preferences, login, subscriptions with their
 * images, heartbeats, and then frames as fast as the other side takes them. On loopback, for one
 * reader.
 */
final class FrameServer implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final long HEARTBEAT_MILLIS = 5_000;
  private static final int BUFFER = 1 << 16;

  private final TickTape tape;
  private final ServerSocket server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<String> subscribed = ConcurrentHashMap.newKeySet();
  private final CountDownLatch complete = new CountDownLatch(1);
  private final Object writing = new Object();
  private volatile @Nullable OutputStream stream;
  private volatile boolean closed;

  FrameServer(TickTape tape) throws IOException {
    this.tape = tape;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().name("frame-server").daemon(true).start(this::accept);
    Thread.ofPlatform().name("frame-heartbeat").daemon(true).start(this::beat);
  }

  /** Where it answers. */
  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /** Waits until all tickers are subscribed and their images sent. */
  void awaitSubscribed() throws InterruptedException, IOException {
    if (!complete.await(60, TimeUnit.SECONDS)) {
      throw new IOException("the reader subscribed only " + subscribed.size() + " symbols");
    }
  }

  /** Sends these frames, as fast as they are taken. */
  void send(List<byte[]> frames) throws IOException {
    synchronized (writing) {
      OutputStream out = stream;
      if (out == null) {
        throw new IOException("nobody listens");
      }
      for (byte[] frame : frames) {
        write(out, TEXT, frame);
      }
      out.flush();
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void accept() {
    while (!closed) {
      try {
        Socket socket = server.accept();
        sockets.add(socket);
        Thread.ofPlatform().name("frame-connection").daemon(true).start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void beat() {
    while (!closed) {
      try {
        Thread.sleep(HEARTBEAT_MILLIS);
        send(
            List.of(
                bytes("{\"notify\":[{\"heartbeat\":\"" + System.currentTimeMillis() + "\"}]}")));
      } catch (InterruptedException e) {
        return;
      } catch (IOException _) {
        // Nobody listens at the moment.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER);
      OutputStream out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
      List<String> head = head(in);
      if (head.isEmpty()) {
        return;
      }
      if (head.getFirst().startsWith("GET /ws")) {
        upgrade(head, out);
        synchronized (writing) {
          stream = out;
        }
        talk(new DataInputStream(in), out);
      } else {
        byte[] body = bytes(preferences());
        out.write(
            bytes(
                "HTTP/1.1 200 OK\r\n"
                    + "Content-Type: application/json\r\n"
                    + "Connection: close\r\n"
                    + "Content-Length: "
                    + body.length
                    + "\r\n\r\n"));
        out.write(body);
        out.flush();
      }
    } catch (IOException _) {
      // The reader left.
    } finally {
      sockets.remove(socket);
    }
  }

  private static List<String> head(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (next != '\n') {
        line.write(next);
        continue;
      }
      String text = line.toString(StandardCharsets.ISO_8859_1).strip();
      line.reset();
      if (text.isEmpty()) {
        return lines;
      }
      lines.add(text);
    }
    return List.of();
  }

  private static void upgrade(List<String> head, OutputStream out) throws IOException {
    String name = "sec-websocket-key:";
    String key =
        head.stream()
            .filter(line -> line.regionMatches(true, 0, name, 0, name.length()))
            .map(line -> line.substring(name.length()).strip())
            .findFirst()
            .orElseThrow(() -> new IOException("no key"));
    try {
      byte[] proof = MessageDigest.getInstance("SHA-1").digest(bytes(key + MAGIC));
      out.write(
          bytes(
              "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  + "Sec-WebSocket-Accept: "
                  + Base64.getEncoder().encodeToString(proof)
                  + "\r\n\r\n"));
      out.flush();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads the client's frames, which are masked, and answers its commands. */
  private void talk(DataInputStream in, OutputStream out) throws IOException {
    while (true) {
      int opcode = in.readUnsignedByte() & 0x0f;
      int second = in.readUnsignedByte() & 0x7f;
      long length = second == 126 ? in.readUnsignedShort() : second == 127 ? in.readLong() : second;
      byte[] mask = in.readNBytes(4);
      byte[] payload = in.readNBytes(Math.toIntExact(length));
      for (int i = 0; i < payload.length; i++) {
        payload[i] ^= mask[i & 3];
      }
      switch (opcode) {
        case TEXT -> answer(JSON.readTree(payload), out);
        case PING -> reply(out, PONG, payload);
        case CLOSE -> {
          reply(out, CLOSE, payload);
          return;
        }
        default -> {}
      }
    }
  }

  private void answer(JsonNode message, OutputStream out) throws IOException {
    for (JsonNode request : message.path("requests")) {
      String service = request.path("service").asString();
      String command = request.path("command").asString();
      reply(
          out,
          TEXT,
          bytes(
              "{\"response\":[{\"service\":\"%s\",\"command\":\"%s\",\"requestid\":\"%s\",\"timestamp\":%d,\"content\":{\"code\":0,\"msg\":\"\"}}]}"
                  .formatted(
                      service,
                      command,
                      request.path("requestid").asString(),
                      System.currentTimeMillis())));
      if (service.equals("LEVELONE_EQUITIES")
          && (command.equals("SUBS") || command.equals("ADD"))) {
        List<String> keys =
            List.of(request.path("parameters").path("keys").asString().split(",", -1));
        reply(out, TEXT, tape.images(keys));
        subscribed.addAll(keys);
        if (subscribed.size() == tape.tickers().size()) {
          complete.countDown();
        }
      }
    }
  }

  private void reply(OutputStream out, int opcode, byte[] payload) throws IOException {
    synchronized (writing) {
      write(out, opcode, payload);
      out.flush();
    }
  }

  private static void write(OutputStream out, int opcode, byte[] payload) throws IOException {
    out.write(0x80 | opcode);
    if (payload.length < 126) {
      out.write(payload.length);
    } else if (payload.length <= 0xffff) {
      out.write(126);
      out.write(payload.length >> 8);
      out.write(payload.length);
    } else {
      out.write(127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        out.write((int) ((long) payload.length >> shift));
      }
    }
    out.write(payload);
  }

  private String preferences() {
    return """
    {"accounts":[],"offers":[],"streamerInfo":[{"streamerSocketUrl":"ws://127.0.0.1:%d/ws",
    "schwabClientCustomerId":"bench","schwabClientCorrelId":"bench",
    "schwabClientChannel":"N9","schwabClientFunctionId":"APIAPP"}]}\
    """
        .formatted(server.getLocalPort());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
