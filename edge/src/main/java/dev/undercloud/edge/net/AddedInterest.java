package dev.undercloud.edge.net;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Epoll with an interest that Netty does not declare by itself, added to all that sockets declare.
 */
public final class AddedInterest implements IoHandler {
  private final IoHandler epoll;
  private final EpollIoOps added;
  private final Predicate<IoHandle> which;
  private final UnaryOperator<IoHandle> instead;

  private AddedInterest(
      IoHandler epoll,
      EpollIoOps added,
      Predicate<IoHandle> which,
      UnaryOperator<IoHandle> instead) {
    this.epoll = epoll;
    this.added = added;
    this.which = which;
    this.instead = instead;
  }

  /**
   * Edge-triggered, which Netty 4.2 does not offer: an event is told once, and again when more
   * comes or interest is taken up anew. Saves the second look at each socket that level-triggered
   * epoll takes. Whoever stops reading before the socket is empty must switch reading off and on
   * again. Listening sockets stay level-triggered. Streams are read by {@link DirectReads}.
   */
  static IoHandlerFactory edgeTriggered(IoHandlerFactory factory) {
    Predicate<IoHandle> streams = handle -> !handle.getClass().getName().contains("Server");
    return of(factory, EpollIoOps.EPOLLET, streams, DirectReads::of);
  }

  /**
   * Level-triggered without ever losing a socket. Netty 4.2.18 takes a socket without any interest
   * out of epoll but then changes it as if it were there, which fails: a client that has sent its
   * last question while reading was paused would never get the rest of its answers. Interest in
   * errors, which epoll always has, keeps the socket in.
   */
  public static IoHandlerFactory keptRegistered(IoHandlerFactory factory) {
    return of(factory, EpollIoOps.EPOLLERR, handle -> true, UnaryOperator.identity());
  }

  private static IoHandlerFactory of(
      IoHandlerFactory factory,
      EpollIoOps added,
      Predicate<IoHandle> which,
      UnaryOperator<IoHandle> instead) {
    return executor -> new AddedInterest(factory.newHandler(executor), added, which, instead);
  }

  @Override
  public void initialize() {
    epoll.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    return epoll.run(context);
  }

  @Override
  public void prepareToDestroy() {
    epoll.prepareToDestroy();
  }

  @Override
  public void destroy() {
    epoll.destroy();
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    IoRegistration registration = epoll.register(instead.apply(handle));
    return which.test(handle) ? new Registration(registration, added) : registration;
  }

  @Override
  public void wakeup() {
    epoll.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return epoll.isCompatible(handleType);
  }

  private record Registration(IoRegistration epoll, EpollIoOps added) implements IoRegistration {
    @Override
    public <T> T attachment() {
      return epoll.attachment();
    }

    @Override
    public long submit(IoOps ops) {
      return epoll.submit(((EpollIoOps) ops).with(added));
    }

    @Override
    public boolean isValid() {
      return epoll.isValid();
    }

    @Override
    public boolean cancel() {
      return epoll.cancel();
    }
  }
}
