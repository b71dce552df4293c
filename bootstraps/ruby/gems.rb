# frozen_string_literal: true

module LambdaBootstrap
  # Loads RubyGems for functions that need it.
  module Gems
    LOCK = Mutex.new # held while RubyGems loads
    PARTS = %r{\A(rubygems|bundler)(/|\z)}.freeze

    @loaded = false

    # At once if the function or its layers bring gems, which may be newer versions of standard libraries. Otherwise
    # when the function names Gem, or requires what is no standard library, as are the gems of the SDK.
    def self.prepare(sdk_directory)
      return if defined?(Gem) # started without --disable-gems

      if (ENV["GEM_PATH"].to_s.split(":") - [sdk_directory]).any? { |directory| Dir.exist?(directory) }
        require "rubygems"
      else
        Object.autoload(:Gem, "rubygems")
        Kernel.module_eval(&UNTIL_THEN)
      end
    end

    # Returns whether it was this call that has loaded them.
    def self.load
      LOCK.synchronize do
        next false if @loaded

        require_without_gems("rubygems")
        # RubyGems puts its `require` before the one that it finds. That has been the one below, for the sake of other
        # threads, and is Ruby's own from now on.
        Kernel.module_eval do
          alias_method :gem_original_require, :require_without_gems
          private :gem_original_require
        end
        @loaded = true
      end
    end

    UNTIL_THEN = proc do
      alias_method :require_without_gems, :require

      def require(path)
        return require_without_gems(path) if LambdaBootstrap::Gems::LOCK.owned?

        begin
          return require_without_gems(path) unless LambdaBootstrap::Gems::PARTS.match?(path.to_s)
        rescue LoadError => error
          raise unless error.path == path
        end
        loaded = LambdaBootstrap::Gems.load
        require(path) || loaded # to a false, the autoload of Gem would give up
      end

      def gem(*arguments)
        LambdaBootstrap::Gems.load
        gem(*arguments)
      end

      private :require, :require_without_gems, :gem
    end
  end
end
