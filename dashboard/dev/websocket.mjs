/** As much of RFC 6455 as the mock gateway needs: text frames both ways, close, no fragments, no extensions. */
import { createHash } from 'node:crypto';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Answers an upgrade request; the connection calls `onText` for each text frame and `onClose` once. */
export function accept(request, socket, { onText, onClose }) {
  const key = request.headers['sec-websocket-key'];
  const answer = createHash('sha1').update(`${key}${GUID}`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${answer}\r\n\r\n`,
  );
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (let frame = next(); frame !== null; frame = next()) {
      if (frame.opcode === 1) {
        onText(frame.payload.toString('utf8'));
      } else if (frame.opcode === 8) {
        socket.end(Buffer.from([0x88, 0]));
      } else if (frame.opcode === 9) {
        write(0x8a, frame.payload);
      }
    }
  });
  socket.once('close', onClose);
  socket.on('error', () => socket.destroy());

  function next() {
    if (pending.length < 2) {
      return null;
    }
    let length = pending[1] & 0x7f;
    let at = 2;
    if (length === 126) {
      if (pending.length < 4) {
        return null;
      }
      length = pending.readUInt16BE(2);
      at = 4;
    } else if (length === 127) {
      if (pending.length < 10) {
        return null;
      }
      length = Number(pending.readBigUInt64BE(2));
      at = 10;
    }
    if (pending.length < at + 4 + length) {
      return null;
    }
    const mask = pending.subarray(at, at + 4);
    const payload = Buffer.from(pending.subarray(at + 4, at + 4 + length)).map((byte, i) => byte ^ mask[i % 4]);
    const opcode = pending[0] & 0x0f;
    pending = pending.subarray(at + 4 + length);
    return { opcode, payload };
  }

  function write(head, payload) {
    if (!socket.writable) {
      return;
    }
    const { length } = payload;
    const header =
      length < 126
        ? Buffer.from([head, length])
        : length < 65_536
          ? Buffer.from([head, 126, length >> 8, length & 0xff])
          : Buffer.concat([Buffer.from([head, 127]), uint64(length)]);
    socket.write(Buffer.concat([header, payload]));
  }

  return {
    send: (text) => write(0x81, Buffer.from(text, 'utf8')),
    close: () => socket.end(Buffer.from([0x88, 0])),
  };
}

function uint64(value) {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt(value));
  return buffer;
}
