# frozen_string_literal: true

# The extension library alone; socket.rb, which goes with it, adds nothing that is needed here.
require "socket.so"

module LambdaBootstrap
  # What the Runtime API answers to a request: AWS's bootstrap shows it to custom marshallers in this form.
  class Reply
    attr_reader :status, :body

    def initialize(status, headers, body)
      @status = status
      @headers = headers
      @body = body
    end

    # The value of a header, whatever the case of its name; nil if it is not there or empty.
    def [](name)
      value = @headers[name.downcase]
      value unless value.nil? || value.empty?
    end
  end

  # The Runtime API, over one connection with an HTTP framing of our own. Net::HTTP takes four times as long to load as
  # the interpreter to start.
  class RuntimeAPI
    # The server is gone, and this execution environment with it.
    GONE = [EOFError, Errno::ECONNRESET, Errno::EPIPE].freeze

    def initialize(address)
      @address = address
      host, _, port = address.rpartition(":")
      @socket = TCPSocket.new(host, Integer(port, 10))
      @socket.setsockopt(Socket::IPPROTO_TCP, Socket::TCP_NODELAY, 1)
      @received = String.new # what of the next reply is here already
      @posted = nil # the path of what the server has yet to confirm
      @next_request = head("GET", "invocation/next")
    end

    # Asks for the first invocation.
    def ask
      write(@next_request)
    end

    # The invocation that was asked for, once there is one.
    def next
      confirm if @posted
      reply = receive
      fail_on("invocation/next", reply) unless reply.status == "200"
      reply
    end

    # Posts the result of an invocation and asks for the next one, in one go: the server answers in order.
    def answer(path, body, content_type)
      post(path, body, content_type, following: @next_request)
    end

    def post(path, body, content_type = "application/json", error_type: nil, following: "")
      fields = "Content-Type: #{content_type}\r\nContent-Length: #{body.bytesize}\r\n"
      fields += "Lambda-Runtime-Function-Error-Type: #{error_type}\r\n" if error_type
      @posted = path
      write(head("POST", path, fields), body, following)
    end

    # Waits until the server has confirmed the post.
    def confirm
      path = @posted
      @posted = nil
      reply = receive
      # 413 is "too large", of which the server has told the caller.
      fail_on(path, reply) unless reply.status == "202" || reply.status == "413"
    end

    private

    def head(method, path, fields = "")
      "#{method} /2018-06-01/runtime/#{path} HTTP/1.1\r\nHost: #{@address}\r\n#{fields}\r\n"
    end

    def fail_on(path, reply)
      abort "sam: the Lambda Runtime API at #{@address} answered #{reply.status} to #{path}, which is a bug in sam: " \
            "#{reply.body.strip}"
    end

    def write(*parts)
      @socket.write(*parts) # one system call
    rescue *GONE
      exit
    end

    def receive
      @received << @socket.readpartial(65_536) until (length = @received.index("\r\n\r\n"))
      status, *fields = @received.slice!(0, length + 4).force_encoding(Encoding::UTF_8).split("\r\n")
      headers = fields.each_with_object({}) do |field, all|
        name, value = field.split(":", 2)
        all[name.downcase] = value.strip
      end
      Reply.new(status.split(" ")[1], headers, receive_body(headers.fetch("content-length", 0).to_i))
    rescue *GONE
      exit
    end

    def receive_body(size)
      body = @received.slice!(0, size)
      missing = size - body.bytesize
      body << @socket.read(missing).to_s if missing > 0
      raise EOFError if body.bytesize < size

      body
    end
  end
end
