package io.alphakite.gateway.stream;

import io.alphakite.gateway.TestGateway;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * A WebSocket client on a bare socket (RFC 6455), so that a test decides when it reads, and what it
 * sends. Its receive buffer is small: not reading is soon felt by the server.
 */
public final class StreamClient implements AutoCloseable {
  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final int PING = 9;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final OutputStream out;
  private final String handshake;
  private int closeCode;

  StreamClient(TestGateway gateway, String... headers) {
    try {
      socket.setReceiveBufferSize(4_096);
      socket.setSoTimeout(20_000);
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port()), 5_000);
      in = new DataInputStream(socket.getInputStream());
      out = socket.getOutputStream();
      StringBuilder request = new StringBuilder("GET /v1/stream HTTP/1.1\r\n");
      if (List.of(headers).stream().noneMatch(header -> header.startsWith("Host:"))) {
        request.append("Host: localhost:").append(gateway.port()).append("\r\n");
      }
      request.append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n");
      request
          .append("Sec-WebSocket-Key: ")
          .append(Base64.getEncoder().encodeToString(new byte[16]))
          .append("\r\n");
      for (String header : headers) {
        request.append(header).append("\r\n");
      }
      out.write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      handshake = readHandshake();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With the administrator's key. */
  public static StreamClient asAdmin(TestGateway gateway) {
    return new StreamClient(gateway, "Authorization: Bearer " + TestGateway.ADMIN_KEY);
  }

  /** The server's answer to the handshake, body excluded. */
  String handshake() {
    return handshake;
  }

  /** Sends it, single quotes as double ones. */
  public StreamClient send(String json) {
    frame(TEXT, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** The next message; null when the server has closed. */
  @org.jspecify.annotations.Nullable
  JsonNode next() {
    try {
      while (true) {
        int first = in.read();
        if (first < 0) {
          return null;
        }
        int opcode = first & 0x0f;
        long length = in.readUnsignedByte();
        if (length == 126) {
          length = in.readUnsignedShort();
        } else if (length == 127) {
          length = in.readLong();
        }
        byte[] payload = in.readNBytes((int) length);
        switch (opcode) {
          case TEXT -> {
            return TestGateway.JSON.readTree(payload);
          }
          case PING -> frame(10, payload);
          case CLOSE -> {
            closeCode = payload.length < 2 ? 1005 : (payload[0] & 0xff) << 8 | (payload[1] & 0xff);
            return null;
          }
          default -> throw new IllegalStateException("opcode " + opcode);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next message of a type; fails when the server closes before. */
  JsonNode next(String type) {
    return until(message -> message.get("type").stringValue().equals(type)).getLast();
  }

  /** Every message up to the first that matches. */
  public List<JsonNode> until(Predicate<JsonNode> wanted) {
    List<JsonNode> messages = new ArrayList<>();
    while (true) {
      JsonNode message = next();
      if (message == null) {
        throw new AssertionError("closed with " + closeCode + " after " + messages);
      }
      messages.add(message);
      if (wanted.test(message)) {
        return messages;
      }
    }
  }

  /** Reads to the end and returns the close code; 1006 without a close frame. */
  int closeCode() {
    try {
      while (next() != null) {
        // What was still on its way.
      }
    } catch (UncheckedIOException e) {
      return 1006;
    }
    return closeCode == 0 ? 1006 : closeCode;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void frame(int opcode, byte[] payload) {
    try {
      byte[] header;
      if (payload.length < 126) {
        header = new byte[] {(byte) (0x80 | opcode), (byte) (0x80 | payload.length)};
      } else if (payload.length < 65_536) {
        header =
            new byte[] {
              (byte) (0x80 | opcode),
              (byte) (0x80 | 126),
              (byte) (payload.length >> 8),
              (byte) payload.length
            };
      } else {
        header =
            java.nio.ByteBuffer.allocate(10)
                .put((byte) (0x80 | opcode))
                .put((byte) 0xff)
                .putLong(payload.length)
                .array();
      }
      byte[] message = new byte[header.length + 4 + payload.length];
      System.arraycopy(header, 0, message, 0, header.length);
      // A mask of zeros is a mask.
      System.arraycopy(payload, 0, message, header.length + 4, payload.length);
      out.write(message);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String readHandshake() throws IOException {
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0) {
      int read = in.read();
      if (read < 0) {
        break;
      }
      answer.append((char) read);
    }
    return answer.toString();
  }
}
