package dev.undercloud.edge.proxy;

import dev.undercloud.core.policy.Files;
import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.edge.compress.Compression;
import dev.undercloud.edge.compress.Compressor;
import dev.undercloud.edge.file.FileLimits;
import dev.undercloud.edge.file.FileResponder;
import dev.undercloud.edge.reply.Source;
import org.jspecify.annotations.Nullable;

/**
 * Answers with files where a route says so, and has responses of replicas compressed. One for each
 * event loop, on its thread.
 */
final class Serving {
  private final Loop loop;
  private final Compression compression = new Compression();
  private @Nullable FileResponder files;

  Serving(Loop loop) {
    this.loop = loop;
  }

  /** Rules with files have come: what reading files takes is made ready, beside the loop. */
  static void prepare() {
    Thread.ofVirtual().name("files").start(FileResponder::prepare);
  }

  /**
   * Whether the request goes on to a replica; if not, it has its answer.
   *
   * @param options of its route
   * @param path as {@link FileResponder#of} wants it
   */
  boolean goesOn(
      Exchange exchange, App app, RouteOptions options, byte[] path, int at, int length, long now) {
    if (options.files().isPresent() && !loop.request.upgrade) {
      Files rule = options.files().get();
      Source found = responder().of(rule, loop.request, loop.in, path, at, length);
      if (found != null) {
        exchange.slot.by = AnsweredBy.FILE;
        exchange.respond(app, found, now);
        return false;
      }
      if (!rule.orApp()) {
        exchange.slot.app = app.name();
        exchange.answer(Answer.noFile(app));
        return false;
      }
    }
    compress(exchange, app, options);
    return true;
  }

  /** Compresses the response to come, where the client takes it and the route lets it. */
  void compress(Exchange exchange, App app, RouteOptions options) {
    Compressor filter =
        compression.filterFor(loop.request, loop.in, options.compress(), app.selector.sticky());
    exchange.request.compressor = filter;
    if (filter != null) {
      exchange.toClient.filter(filter);
    }
  }

  private FileResponder responder() {
    FileResponder made = files;
    if (made == null) {
      made =
          new FileResponder(
              loop.clock,
              loop.entropy,
              FileLimits.DEFAULT,
              loop.executor,
              task -> Thread.ofVirtual().name("gzip").start(task));
      files = made;
    }
    return made;
  }

  /** After the last exchange. */
  void close() {
    compression.close();
    if (files != null) {
      files.close();
    }
  }
}
