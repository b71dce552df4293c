import sys

# A child that multiprocessing spawns runs this file once more, by another name.
if __name__ == "__main__":
    # Python has done so already, unless PYTHONSAFEPATH is among the function's variables.
    sys.path.insert(0, __file__.rpartition("/")[0])
    from _lambda_bootstrap import runtime

    runtime.main()
