package io.alphakite.platform.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.PromptSocketFactory;
import io.alphakite.testing.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** A connection that listens hands on what has come without a wait for what has not. */
@Timeout(60)
class PromptListeningTest {

  @Test
  void theDriversLookEndsAtOnceAndALongerReadWaits() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket socket = new PromptSocketFactory().createSocket();
        Socket other = connected(socket, server)) {
      InputStream in = socket.getInputStream();
      OutputStream out = other.getOutputStream();
      socket.setSoTimeout(1);
      assertThatThrownBy(in::read)
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("nothing has come");
      socket.setSoTimeout(30_000);
      Thread late = Thread.startVirtualThread(() -> write(out, 7));
      assertThat(in.read()).isEqualTo(7);
      late.join();
      write(out, 8);
      assertThat(in.read()).isEqualTo(8);
      write(out, 9);
      while (in.available() == 0) {
        Thread.onSpinWait();
      }
      socket.setSoTimeout(1);
      assertThat(in.read(new byte[4], 0, 4)).isEqualTo(1);
      other.shutdownOutput();
      socket.setSoTimeout(30_000);
      assertThat(in.read()).as("the end").isEqualTo(-1);
    }
  }

  @Test
  void notificationsOfOneCommitAndOfTheNextCome() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection listening = database.url(DatabaseRole.ENGINE).connectToListen();
        Connection telling = database.url(DatabaseRole.ENGINE).connect();
        Statement listen = listening.createStatement();
        Statement tell = telling.createStatement()) {
      listen.execute("LISTEN prompt");
      PGConnection postgres = listening.unwrap(PGConnection.class);
      int told = 0;
      for (int round = 0; round < 20; round++) {
        tell.execute(
            "SELECT pg_notify('prompt', '" + round + "a'), pg_notify('prompt', '" + round + "b')");
        int come = 0;
        while (come < 2) {
          PGNotification[] notifications = postgres.getNotifications(30_000);
          assertThat(notifications).as("round %s", round).isNotNull();
          come += notifications.length;
        }
        told += come;
        assertThat(listening.isValid(10)).isTrue();
      }
      assertThat(told).isEqualTo(40);
      assertThat(postgres.getNotifications(5)).isNullOrEmpty();
    }
  }

  private static Socket connected(Socket socket, ServerSocket server) throws IOException {
    socket.connect(server.getLocalSocketAddress());
    return server.accept();
  }

  private static void write(OutputStream out, int value) {
    try {
      out.write(value);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
